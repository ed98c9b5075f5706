package dev.septet.activities.evaluate.gate;

import java.util.Arrays;
import java.util.List;

/**
 * How often a value of one sample is larger than one of another sample: the area under the ROC curve, which is the statistic
 * of Mann and Whitney divided by the number of pairs. 0.5 is no difference. A tie counts one half.
 *
 * @param interval 95 % interval of the area: a bootstrap that resamples both samples
 * @see <a href="https://doi.org/10.1214/aoms/1177730491">Mann and Whitney, 1947</a>
 */
public record RankTest(double area, Interval interval) {
    /** Not measured. */
    public static final RankTest MISSING = new RankTest(Double.NaN, new Interval(Double.NaN, Double.NaN));

    /**
     * Compares two samples.
     *
     * @return {@link #MISSING} when a sample is empty or has NaN
     */
    public static RankTest of(List<Double> larger, List<Double> smaller, Bootstrap bootstrap) {
        if (larger.isEmpty() || smaller.isEmpty() || anyNaN(larger) || anyNaN(smaller)) {
            return MISSING;
        }
        double[] values = new double[larger.size() + smaller.size()];
        for (int at = 0; at < larger.size(); at++) {
            values[at] = larger.get(at);
        }
        for (int at = 0; at < smaller.size(); at++) {
            values[larger.size() + at] = smaller.get(at);
        }
        double[] sorted = Arrays.stream(values).sorted().distinct().toArray();
        int[] ranks = Arrays.stream(values)
                .mapToInt(value -> Arrays.binarySearch(sorted, value))
                .toArray();
        int[] first = numbers(0, larger.size());
        int[] second = numbers(larger.size(), values.length);
        Interval interval = bootstrap.stratified(
                List.of(first, second), choices -> area(choices.get(0), choices.get(1), ranks, sorted.length));
        return new RankTest(area(first, second, ranks, sorted.length), interval);
    }

    private static boolean anyNaN(List<Double> values) {
        return values.stream().anyMatch(value -> value.isNaN());
    }

    private static int[] numbers(int from, int to) {
        int[] numbers = new int[to - from];
        Arrays.setAll(numbers, at -> from + at);
        return numbers;
    }

    /** The area of chosen members of both samples, by counting how often each rank was chosen. */
    private static double area(int[] larger, int[] smaller, int[] ranks, int count) {
        int[] below = new int[count];
        for (int member : smaller) {
            below[ranks[member]]++;
        }
        double[] wins = new double[count];
        int sum = 0;
        for (int rank = 0; rank < count; rank++) {
            wins[rank] = sum + below[rank] / 2.0;
            sum += below[rank];
        }
        double total = 0;
        for (int member : larger) {
            total += wins[ranks[member]];
        }
        return total / larger.length / smaller.length;
    }
}
