package dev.septet.activities.evaluate.benchmark;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Python's {@code random.Random(seed)}, as far as {@code sample} needs it: the Mersenne Twister, seeded by an array.
 *
 * @see <a href="https://doi.org/10.1145/272991.272995">Matsumoto and Nishimura, 1998</a>
 */
final class PythonRandom {
    private final UniformRandomProvider twister;

    PythonRandom(int seed) {
        twister = RandomSource.MT.create(new int[] {seed});
    }

    /** {@code random.sample(population, count)}: chosen items in the order in which they are drawn. */
    <T> List<T> sample(List<T> population, int count) {
        int size = population.size();
        if (count > size) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "%d of %d items", count, size));
        }
        long setSize = 21;
        if (count > 5) {
            setSize += (long) Math.pow(4, Math.ceil(Math.log(count * 3.0) / Math.log(4)));
        }
        List<T> chosen = new ArrayList<>();
        if (size <= setSize) {
            List<T> pool = new ArrayList<>(population);
            for (int at = 0; at < count; at++) {
                int next = below(size - at);
                chosen.add(pool.get(next));
                pool.set(next, pool.get(size - at - 1));
            }
            return chosen;
        }
        Set<Integer> drawn = new HashSet<>();
        for (int at = 0; at < count; at++) {
            int next = below(size);
            while (!drawn.add(next)) {
                next = below(size);
            }
            chosen.add(population.get(next));
        }
        return chosen;
    }

    /** A whole number from 0 to {@code bound - 1}. */
    private int below(int bound) {
        int bits = 32 - Integer.numberOfLeadingZeros(bound);
        int next = twister.nextInt() >>> (32 - bits);
        while (next >= bound) {
            next = twister.nextInt() >>> (32 - bits);
        }
        return next;
    }
}
