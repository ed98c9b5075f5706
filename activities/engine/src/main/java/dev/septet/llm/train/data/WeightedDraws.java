package dev.septet.llm.train.data;

import dev.septet.llm.runtime.CounterRandom;

/**
 * The examples of each epoch when they are drawn by weight: as many as the dataset has. An example whose weight is w times
 * the mean weight occurs w times on average, and in each epoch either the next smaller or the next larger whole number of
 * times (systematic sampling). The draw depends only on weights, seed and epoch.
 *
 * @see <a href="https://en.wikipedia.org/wiki/Systematic_sampling">Systematic sampling</a>
 */
final class WeightedDraws {
    private final double[] cumulative;
    private final CounterRandom random;
    private int epoch = -1;
    private int[] drawn = {};

    WeightedDraws(TokenDataset data, long seed) {
        cumulative = new double[data.examples()];
        double sum = 0;
        for (int example = 0; example < cumulative.length; example++) {
            sum += data.weight(example);
            cumulative[example] = sum;
        }
        random = CounterRandom.stream(seed, "weights");
    }

    /**
     * An example of an epoch.
     *
     * @param index from 0 to below the number of examples
     */
    int example(int epoch, int index) {
        if (this.epoch != epoch) {
            drawn = draw(random.uniform(epoch));
            this.epoch = epoch;
        }
        return drawn[index];
    }

    private int[] draw(double start) {
        int count = cumulative.length;
        double step = cumulative[count - 1] / count;
        int[] examples = new int[count];
        int example = 0;
        for (int i = 0; i < count; i++) {
            double at = (i + start) * step;
            while (example < count - 1 && cumulative[example] <= at) {
                example++;
            }
            examples[i] = example;
        }
        return examples;
    }
}
