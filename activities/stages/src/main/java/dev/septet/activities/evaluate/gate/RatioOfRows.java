package dev.septet.activities.evaluate.gate;

import java.util.Arrays;

/**
 * A ratio of two sums over rows, such as unsupported sentences by sentences.
 *
 * @param value NaN when the lower sum is 0
 * @param interval 95 % interval of the bootstrap over rows, which keeps the parts of a row together
 * @param rows number of rows that add to the lower sum
 */
public record RatioOfRows(double value, Interval interval, int rows) {
    /**
     * Computes the ratio.
     *
     * @param upper what each row adds to the upper sum
     * @param lower what each row adds to the lower sum; rows that add 0 are left out
     */
    public static RatioOfRows of(double[] upper, double[] lower, Bootstrap bootstrap) {
        int[] rows = new int[lower.length];
        int count = 0;
        for (int row = 0; row < lower.length; row++) {
            if (lower[row] != 0) {
                rows[count++] = row;
            }
        }
        int[] kept = Arrays.copyOf(rows, count);
        double[] above = Arrays.stream(kept).mapToDouble(row -> upper[row]).toArray();
        double[] below = Arrays.stream(kept).mapToDouble(row -> lower[row]).toArray();
        int[] all = new int[count];
        Arrays.setAll(all, at -> at);
        return new RatioOfRows(
                ratio(above, below, all), bootstrap.interval(count, choice -> ratio(above, below, choice)), count);
    }

    /** The mean of a number per row. */
    public static RatioOfRows mean(double[] values, Bootstrap bootstrap) {
        double[] ones = new double[values.length];
        Arrays.fill(ones, 1);
        return of(values, ones, bootstrap);
    }

    private static double ratio(double[] above, double[] below, int[] choice) {
        double upper = 0;
        double lower = 0;
        for (int row : choice) {
            upper += above[row];
            lower += below[row];
        }
        return lower == 0 ? Double.NaN : upper / lower;
    }
}
