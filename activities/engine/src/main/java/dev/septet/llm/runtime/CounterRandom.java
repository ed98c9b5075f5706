package dev.septet.llm.runtime;

/**
 * Stateless random numbers: each is a function of (seed, stream, counter), so a resumed run draws
 * the same numbers as an uninterrupted one.
 *
 * <p>The mixing function is the finaliser of SplitMix64.
 *
 * @see <a href="https://doi.org/10.1145/2660193.2660195">Steele, Lea and Flood, 2014</a>
 */
public final class CounterRandom {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final double UNIT = 0x1p-53;

    private final long key;

    private CounterRandom(long key) {
        this.key = key;
    }

    /** The stream for one purpose under one seed. Different names give independent streams. */
    public static CounterRandom stream(long seed, String name) {
        long key = mix(seed + GOLDEN);
        for (int i = 0; i < name.length(); i++) {
            key = mix(key ^ (name.charAt(i) * GOLDEN));
        }
        return new CounterRandom(key);
    }

    /** The stream for one value of an outer counter, such as an epoch or a step. */
    public CounterRandom at(long counter) {
        return new CounterRandom(bits(counter));
    }

    /** 64 random bits. */
    public long bits(long counter) {
        return mix(key + (counter + 1) * GOLDEN);
    }

    /** Uniform in [0, 1). */
    public double uniform(long counter) {
        return (bits(counter) >>> 11) * UNIT;
    }

    /** Uniform in 0 .. bound-1; the bias is below bound / 2^53. */
    public int below(int bound, long counter) {
        return (int) (uniform(counter) * bound);
    }

    /** Standard normal by the Box-Muller transform; the same bits on every platform. */
    public double normal(long counter) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(2 * counter)));
        return radius * StrictMath.cos(2 * Math.PI * uniform(2 * counter + 1));
    }

    /** A permutation of 0 .. size-1 by the Fisher-Yates shuffle. */
    public int[] permutation(int size) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = below(i + 1, i);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
