package dev.septet.activities.evaluate.check;

import java.io.IOException;
import java.util.List;

/** The models under evaluation, as checks ask them. What they return is stored before a check reads it. */
public interface CheckedModels {
    /** A model. */
    enum Which {
        /** The base model. */
        BASE,
        /** The tuned model. */
        TUNED
    }

    /** Whether the log-probabilities of given tokens can be measured. */
    boolean measuresLosses(Which model);

    /**
     * The mean log-probability of the least likely tokens of each row, in nats.
     *
     * @param share the part of a row's tokens that counts; at least one token does
     * @return in row order; NaN for a row that cannot be measured
     */
    List<Double> leastLikely(Which model, ExamSet set, double share) throws IOException;
}
