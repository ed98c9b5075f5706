package dev.septet.activities.monitor.detector;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.TreeMap;

/**
 * A text as a sparse vector of its lower-case words and character trigrams. Each one is hashed to a
 * dimension by FNV-1a (32 bits, over UTF-8); the value there is {@code 1 + ln(count)}. The vector
 * is scaled to length 1. Only the beginning of a long text is used.
 *
 * @see <a href="https://arxiv.org/abs/0902.2206">Weinberger et al., 2009: feature hashing</a>
 */
final class SparseText {
    private static final int MAX_CHARACTERS = 2000;
    private static final int GRAM = 3;
    private static final int FNV_OFFSET = 0x811c9dc5;
    private static final int FNV_PRIME = 0x01000193;

    private final int[] places;
    private final double[] values;

    private SparseText(int[] places, double[] values) {
        this.places = places;
        this.values = values;
    }

    /**
     * @param bits dimensions are numbered from 0 to 2^bits - 1
     */
    static SparseText of(String text, int bits) {
        TreeMap<Integer, Integer> counts = new TreeMap<>();
        String clean = " "
                + text.substring(0, Math.min(text.length(), MAX_CHARACTERS))
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("\\s+", " ")
                        .strip()
                + " ";
        for (String word : clean.strip().split(" ", -1)) {
            counts.merge(place(word, bits), 1, Integer::sum);
        }
        for (int at = 0; at + GRAM <= clean.length(); at++) {
            counts.merge(place(clean.substring(at, at + GRAM), bits), 1, Integer::sum);
        }
        double[] values = counts.values().stream()
                .mapToDouble(count -> 1 + Math.log(count))
                .toArray();
        double length = 0;
        for (double value : values) {
            length += value * value;
        }
        for (int at = 0; at < values.length; at++) {
            values[at] /= Math.sqrt(length);
        }
        return new SparseText(
                counts.keySet().stream().mapToInt(Integer::intValue).toArray(), values);
    }

    /** The dot product with a dense vector. */
    double times(double[] dense) {
        double sum = 0;
        for (int at = 0; at < places.length; at++) {
            sum += values[at] * dense[places[at]];
        }
        return sum;
    }

    /** Adds this vector, times a factor, to a dense vector. */
    void addTo(double[] dense, double factor) {
        for (int at = 0; at < places.length; at++) {
            dense[places[at]] += factor * values[at];
        }
    }

    private static int place(String gram, int bits) {
        int hash = FNV_OFFSET;
        for (byte b : gram.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        // The low bits of FNV-1a are weak: XOR the high ones in, as its authors advise.
        return (hash >>> bits ^ hash) & ((1 << bits) - 1);
    }
}
