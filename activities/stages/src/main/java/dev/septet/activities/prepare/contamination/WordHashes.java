package dev.septet.activities.prepare.contamination;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.Arrays;

/**
 * The words of a text as 64-bit hashes: NFKC, small letters, without punctuation. In scripts that are written without
 * spaces, each character is a word.
 */
final class WordHashes {
    private static final long PRIME = 0x100000001b3L;

    private WordHashes() {}

    static long[] of(String text) {
        String nfkc = Normalizer.isNormalized(text, Normalizer.Form.NFKC)
                ? text
                : Normalizer.normalize(text, Normalizer.Form.NFKC);
        long[] words = new long[Math.max(4, nfkc.length() / 6)];
        int count = 0;
        long word = 0;
        boolean open = false;
        for (int at = 0; at <= nfkc.length(); ) {
            int c = at < nfkc.length() ? nfkc.codePointAt(at) : ' ';
            at += Character.charCount(c);
            boolean part = Character.isLetterOrDigit(c) || isMark(c);
            boolean alone = part && isAlone(c);
            if (open && (!part || alone)) {
                words = put(words, count++, word);
                open = false;
            }
            if (alone) {
                words = put(words, count++, mix(c));
            } else if (part) {
                word = ((open ? word : 0) ^ mix(Character.toLowerCase(c))) * PRIME;
                open = true;
            }
        }
        return Arrays.copyOf(words, count);
    }

    /** The hash of words from one index to another, both included and excluded. */
    static long hash(long[] words, int from, int to) {
        long hash = (long) to - from;
        for (int i = from; i < to; i++) {
            hash = mix(hash) * PRIME + words[i];
        }
        return mix(hash);
    }

    private static long[] put(long[] words, int at, long word) {
        long[] all = at == words.length ? Arrays.copyOf(words, 2 * at) : words;
        all[at] = mix(word);
        return all;
    }

    private static boolean isMark(int c) {
        return c >= 128
                && (Character.getType(c) == Character.NON_SPACING_MARK
                        || Character.getType(c) == Character.COMBINING_SPACING_MARK);
    }

    private static boolean isAlone(int c) {
        if (c < 0x0E00) {
            return false;
        }
        UnicodeScript script = UnicodeScript.of(c);
        return switch (script) {
            case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
            default -> false;
        };
    }

    /** From the finalizer of MurmurHash3 (public domain). */
    static long mix(long value) {
        long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
