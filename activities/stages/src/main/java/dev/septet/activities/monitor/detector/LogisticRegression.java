package dev.septet.activities.monitor.detector;

import java.util.List;

/**
 * Classifies texts into two sets by weights of their n-grams. With x a text and y = 1 or -1 its
 * set, it minimizes
 *
 * <pre>sum over texts of c ln(1 + exp(-y (w x + b))) + lambda/2 (|w|^2 + b^2)</pre>
 *
 * where c gives each set a total weight of one half. The optimizer is Nesterov's accelerated
 * gradient with the constant momentum for a strongly convex function: it has no randomness and no
 * step size to choose.
 *
 * @see <a href="https://doi.org/10.1007/978-3-319-91578-4">Nesterov, 2018, section 2.2</a>
 */
final class LogisticRegression {
    /** Weight of the regularization. */
    static final double LAMBDA = 1e-3;

    private static final int STEPS = 200;

    /** Bound of the curvature: 1/4 from the loss, times |x|^2 + 1 = 2 because of the bias. */
    private static final double CURVATURE = 0.5 + LAMBDA;

    private final double[] weights;

    private LogisticRegression(double[] weights) {
        this.weights = weights;
    }

    /**
     * Trains a classifier.
     *
     * @param places dimension of the texts' vectors
     */
    static LogisticRegression of(List<SparseText> one, List<SparseText> other, int places) {
        double[] weights = new double[places + 1]; // the last one is b
        double[] lookahead = weights.clone();
        double q = Math.sqrt(LAMBDA / CURVATURE);
        double momentum = (1 - q) / (1 + q);
        double[] gradient = new double[places + 1];
        for (int step = 0; step < STEPS; step++) {
            for (int at = 0; at <= places; at++) {
                gradient[at] = LAMBDA * lookahead[at];
            }
            add(one, 1, lookahead, gradient);
            add(other, -1, lookahead, gradient);
            for (int at = 0; at <= places; at++) {
                double next = lookahead[at] - gradient[at] / CURVATURE;
                lookahead[at] = next + momentum * (next - weights[at]);
                weights[at] = next;
            }
        }
        return new LogisticRegression(weights);
    }

    /** Larger when the text is more likely to be in the first set. */
    double score(SparseText text) {
        return text.times(weights) + weights[weights.length - 1];
    }

    private static void add(List<SparseText> texts, int side, double[] weights, double[] gradient) {
        double share = 0.5 / texts.size();
        for (SparseText text : texts) {
            double margin = side * (text.times(weights) + weights[weights.length - 1]);
            double slope = -side * share / (1 + Math.exp(margin));
            text.addTo(gradient, slope);
            gradient[gradient.length - 1] += slope;
        }
    }
}
