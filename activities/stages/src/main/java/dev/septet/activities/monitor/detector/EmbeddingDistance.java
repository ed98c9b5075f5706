package dev.septet.activities.monitor.detector;

import dev.septet.activities.monitor.sample.FeatureSample;
import dev.septet.activities.monitor.sample.TextFeatures;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * The mean distance of the texts of two samples: the Euclidean distance of their mean embeddings.
 * Each embedding has length 1, so that 0 is no difference and 2 is the largest. A text's embedding
 * is its words and character trigrams, hashed to 512 dimensions. It needs no model, so a drifted
 * model cannot blur it.
 *
 * <p>P-value: by a permutation test. The texts are assigned to the samples at random 999 times. The
 * p-value is the fraction of all assignments, including the real one, with at least the real
 * distance. The random numbers have a fixed seed: the same texts have the same p-value.
 *
 * @see <a href="https://jmlr.org/papers/v13/gretton12a.html">Gretton et al., 2012: a kernel
 *     two-sample test</a>, here with the linear kernel
 */
final class EmbeddingDistance implements Detector {
    private static final int BITS = 9;
    private static final int PERMUTATIONS = 999;
    private static final long SEED = 0x5e97e7L;

    @Override
    public Detection detect(FeatureSample baseline, FeatureSample window) {
        if (!(baseline instanceof TextFeatures trained) || !(window instanceof TextFeatures observed)) {
            throw new IllegalArgumentException("no texts");
        }
        int n = trained.of().size();
        int m = observed.of().size();
        SparseText[] all = new SparseText[n + m];
        embed(trained.of(), all, 0);
        embed(observed.of(), all, n);
        double[] total = new double[1 << BITS];
        for (SparseText text : all) {
            text.addTo(total, 1);
        }
        double real = squared(all, m, total);
        UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(SEED);
        int atLeast = 1;
        for (int permutation = 0; permutation < PERMUTATIONS; permutation++) {
            shuffle(all, m, random);
            // An equal assignment must not count as smaller because of its summation order.
            atLeast += squared(all, m, total) >= real * (1 - 1e-12) ? 1 : 0;
        }
        return new Detection(Math.sqrt(real), (double) atLeast / (PERMUTATIONS + 1));
    }

    private static void embed(List<String> texts, SparseText[] all, int from) {
        for (int at = 0; at < texts.size(); at++) {
            all[from + at] = SparseText.of(texts.get(at), BITS);
        }
    }

    /** Squared distance between the mean of the last m texts and the mean of the others. */
    private static double squared(SparseText[] all, int m, double[] total) {
        int n = all.length - m;
        double[] sum = new double[total.length];
        for (int at = n; at < all.length; at++) {
            all[at].addTo(sum, 1);
        }
        double squared = 0;
        for (int at = 0; at < sum.length; at++) {
            double difference = sum[at] / m - (total[at] - sum[at]) / n;
            squared += difference * difference;
        }
        return squared;
    }

    /** Moves m random texts to the end; every choice is equally likely (Fisher-Yates). */
    private static void shuffle(SparseText[] all, int m, UniformRandomProvider random) {
        for (int at = all.length - 1; at >= all.length - m; at--) {
            int other = random.nextInt(at + 1);
            SparseText kept = all[at];
            all[at] = all[other];
            all[other] = kept;
        }
    }
}
