package dev.septet.activities.prepare.duplicate;

import java.text.Normalizer;
import java.util.Arrays;

/**
 * The character 5-grams of a text as a set of 64-bit hashes. Before, the text is normalized: NFKC, small letters, and one
 * space for each run of characters that are neither letters nor digits. Two different 5-grams have the same hash with a
 * probability of about 2^-64, so the similarity of two sets is exact for practical purposes.
 */
final class Shingles {
    static final int LENGTH = 5;

    /** The number of UTF-16 units of a normalized text that are compared. It bounds the memory for one text. */
    static final int MAX_CHARACTERS = 100_000;

    /** From the finalizer of MurmurHash3 (public domain). */
    private static final long MIX_1 = 0xff51afd7ed558ccdL;

    private static final long MIX_2 = 0xc4ceb9fe1a85ec53L;

    private Shingles() {}

    /** The normalized text, at most {@link #MAX_CHARACTERS} long. */
    static String normalized(String text) {
        // NFKC can lengthen a text up to 18 times, so a text is cut before it too.
        String cut = text.length() <= 2 * MAX_CHARACTERS ? text : text.substring(0, 2 * MAX_CHARACTERS);
        String nfkc = Normalizer.isNormalized(cut, Normalizer.Form.NFKC)
                ? cut
                : Normalizer.normalize(cut, Normalizer.Form.NFKC);
        StringBuilder clean = new StringBuilder(Math.min(nfkc.length(), MAX_CHARACTERS));
        boolean gap = false;
        for (int at = 0; at < nfkc.length() && clean.length() < MAX_CHARACTERS - 2; ) {
            int c = nfkc.codePointAt(at);
            at += Character.charCount(c);
            if (isPart(c)) {
                if (gap && clean.length() > 0) {
                    clean.append(' ');
                }
                clean.appendCodePoint(Character.toLowerCase(c));
                gap = false;
            } else {
                gap = true;
            }
        }
        return clean.length() == 0
                ? nfkc.substring(0, Math.min(nfkc.length(), MAX_CHARACTERS)).strip()
                : clean.toString();
    }

    /** Letters, digits, and marks: without its marks a word of many scripts is another word. */
    private static boolean isPart(int c) {
        if (c < 128) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        }
        int type = Character.getType(c);
        return Character.isLetterOrDigit(c)
                || type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK;
    }

    /** The hashes of a normalized text, sorted, each once. A text of fewer than 5 units is one shingle. */
    static long[] of(String normalized) {
        int count = Math.max(1, normalized.length() - LENGTH + 1);
        long[] hashes = new long[count];
        for (int i = 0; i < count; i++) {
            hashes[i] = hash(normalized, i, Math.min(normalized.length(), i + LENGTH));
        }
        hashes = sorted(hashes);
        int distinct = 1;
        for (int i = 1; i < count; i++) {
            if (hashes[i] != hashes[i - 1]) {
                hashes[distinct++] = hashes[i];
            }
        }
        return distinct == count ? hashes : Arrays.copyOf(hashes, distinct);
    }

    /**
     * The hashes in their order. Hashes of usual texts are evenly distributed, so one pass puts each almost at its place, by its
     * highest bits; the few of one beginning are sorted. Texts made for equal beginnings are as slow as any sort.
     */
    static long[] sorted(long[] hashes) {
        int bits = 32 - Integer.numberOfLeadingZeros(Math.max(1, hashes.length / 2));
        int[] ends = new int[1 << bits];
        for (long hash : hashes) {
            ends[beginning(hash, bits)]++;
        }
        for (int i = 1; i < ends.length; i++) {
            ends[i] += ends[i - 1];
        }
        long[] sorted = new long[hashes.length];
        int[] at = ends.clone();
        for (long hash : hashes) {
            sorted[--at[beginning(hash, bits)]] = hash;
        }
        for (int i = 0; i < ends.length; i++) {
            if (ends[i] - at[i] > 1) {
                Arrays.sort(sorted, at[i], ends[i]);
            }
        }
        return sorted;
    }

    /** The highest bits of a hash, in the order of signed numbers. */
    private static int beginning(long hash, int bits) {
        return (int) ((hash ^ Long.MIN_VALUE) >>> (64 - bits));
    }

    private static long hash(String text, int from, int to) {
        long first = 0;
        int last = to - from;
        for (int i = from; i < to; i++) {
            if (i - from < 4) {
                first = first << 16 | text.charAt(i);
            } else {
                last = last << 16 | text.charAt(i);
            }
        }
        return mix(mix(first) + last);
    }

    /** A bijection whose output bits depend on all input bits. */
    static long mix(long value) {
        long mixed = (value ^ value >>> 33) * MIX_1;
        mixed = (mixed ^ mixed >>> 33) * MIX_2;
        return mixed ^ mixed >>> 33;
    }

    /** Jaccard similarity of two sorted sets: the size of their intersection divided by the size of their union. */
    static double similarity(long[] a, long[] b) {
        int common = 0;
        int i = 0;
        int j = 0;
        while (i < a.length && j < b.length) {
            if (a[i] == b[j]) {
                common++;
                i++;
                j++;
            } else if (a[i] < b[j]) {
                i++;
            } else {
                j++;
            }
        }
        return (double) common / (a.length + b.length - common);
    }
}
