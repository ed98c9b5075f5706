package dev.septet.activities.evaluate.metric.label;

import dev.septet.activities.evaluate.metric.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Expected calibration error, from 0 to 1: answers are put into {@value #BINS} bins of equal width by their confidence;
 * the error is the mean over the answers of |accuracy - mean confidence| of their bin. A confidence on an edge belongs to
 * the lower bin, as in scikit-learn's {@code calibration_curve}.
 *
 * <p>A row's tally, for each bin: count, confidence, correct.
 *
 * @see <a href="https://arxiv.org/abs/1706.04599">Guo et al., 2017</a>
 */
public final class CalibrationError extends Confidence {
    static final int BINS = 10;

    /**
     * One bin of a reliability table.
     *
     * @param to the largest confidence in it
     * @param rows the number of answers in it
     * @param confidence their mean confidence
     * @param accuracy the fraction of them that is correct
     */
    public record Bin(double to, int rows, double confidence, double accuracy) {}

    @Override
    public String name() {
        return "calibrationError";
    }

    @Override
    double[] tally(double confidence, double correct) {
        double[] tally = new double[3 * BINS];
        if (Double.isNaN(confidence)) {
            tally[0] = Double.NaN;
            return tally;
        }
        int bin = 0;
        while (bin < BINS - 1 && confidence > edge(bin)) {
            bin++;
        }
        tally[3 * bin] = 1;
        tally[3 * bin + 1] = confidence;
        tally[3 * bin + 2] = correct;
        return tally;
    }

    @Override
    public double score(double[] sums) {
        double error = 0;
        double rows = 0;
        for (int at = 0; at < sums.length; at += 3) {
            error += Math.abs(sums[at + 2] - sums[at + 1]);
            rows += sums[at];
        }
        return error / rows;
    }

    /** The reliability table of these outcomes; bins without answers are left out. */
    public List<Bin> table(List<Outcome> outcomes) {
        double[] sums = new double[3 * BINS];
        for (Outcome outcome : outcomes) {
            double[] tally = tally(outcome);
            for (int at = 0; at < sums.length; at++) {
                sums[at] += tally[at];
            }
        }
        List<Bin> table = new ArrayList<>();
        for (int bin = 0; bin < BINS; bin++) {
            double rows = sums[3 * bin];
            if (rows > 0) {
                table.add(new Bin(edge(bin), (int) rows, sums[3 * bin + 1] / rows, sums[3 * bin + 2] / rows));
            }
        }
        return table;
    }

    private static double edge(int bin) {
        return bin == BINS - 1 ? 1 : (bin + 1) * (1.0 / BINS);
    }
}
