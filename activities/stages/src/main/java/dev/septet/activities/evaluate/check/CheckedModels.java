package dev.septet.activities.evaluate.check;

import dev.septet.activities.evaluate.judge.JudgePanel;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
     * The model's answers to rows, and their losses.
     *
     * @param answerTokens token limit of an answer
     * @return in row order; without answers for a model that has diverged
     */
    List<Outcome> outcomes(Which model, ExamSet set, int answerTokens) throws IOException;

    /**
     * Sampled answers of the tuned model.
     *
     * @param sample number of the sample, from 0; equal numbers give equal answers
     * @return in row order; null for a model that has diverged
     */
    List<@Nullable String> sampled(ExamSet set, int answerTokens, int sample, double temperature) throws IOException;

    /**
     * Opens judges.
     *
     * @param word the word of the pipeline file that names them
     */
    JudgePanel judges(String word, JudgeSpec spec) throws IOException;

    /**
     * The mean log-probability of the least likely tokens of each row, in nats.
     *
     * @param share the part of a row's tokens that counts; at least one token does
     * @return in row order; NaN for a row that cannot be measured
     */
    List<Double> leastLikely(Which model, ExamSet set, double share) throws IOException;
}
