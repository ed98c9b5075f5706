package dev.septet.activities.deploy.chain;

import dev.septet.llm.quantize.Divergence;
import java.util.List;

/**
 * The difference between two forms of a model on real prompts.
 *
 * @param largest largest absolute logit difference
 * @param scale largest absolute logit of the first form
 * @param divergence mean over the positions of KL(first || second), in nats
 * @param agreement fraction of positions where both forms have the same most likely token
 */
record Parity(double largest, double scale, double divergence, double agreement) {
    static Parity of(List<float[]> first, List<float[]> second) {
        double largest = 0;
        double scale = 0;
        double divergence = 0;
        int agreeing = 0;
        for (int at = 0; at < first.size(); at++) {
            float[] one = first.get(at);
            float[] other = second.get(at);
            for (int token = 0; token < one.length; token++) {
                double difference = Math.abs((double) one[token] - other[token]);
                // a NaN on either side must fail the bound, so it must not be lost in a comparison
                largest = difference <= largest ? largest : difference;
                scale = Math.max(scale, Math.abs(one[token]));
            }
            divergence += Divergence.at(one, other);
            agreeing += Divergence.likeliest(one) == Divergence.likeliest(other) ? 1 : 0;
        }
        int positions = Math.max(1, first.size());
        return new Parity(largest, scale, divergence / positions, (double) agreeing / positions);
    }

    /** The largest difference as a fraction of the logits' scale. */
    double share() {
        return largest == 0 ? 0 : largest / scale;
    }
}
