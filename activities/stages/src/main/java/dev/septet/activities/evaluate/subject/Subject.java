package dev.septet.activities.evaluate.subject;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.benchmark.BenchmarkRequest;
import dev.septet.activities.evaluate.benchmark.BenchmarkResponse;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.metric.sampled.HiddenSimilarity;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntConsumer;

/** A model under evaluation. */
public interface Subject extends AutoCloseable {
    /** The number of rows that are asked at once. */
    int SHARD_ROWS = 16;

    /**
     * Computes predictions.
     *
     * @param answerTokens token limit of a generated answer; empty when only losses are needed
     * @param cutAfter number of tokens of a row that count; empty when rows are whole
     * @return one prediction per row, in their order
     */
    List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter);

    /**
     * The same, with reports.
     *
     * @param progress receives the number of finished rows, also while a row takes long; what it throws ends the call
     */
    default List<Prediction> predict(
            List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter, IntConsumer progress) {
        return predict(rows, answerTokens, cutAfter);
    }

    /**
     * The same, with further measures of the answers.
     *
     * @param seed seed of sampled answers
     * @throws StageProblem when this model cannot be measured so
     */
    default List<Prediction> predict(
            List<Row> rows,
            OptionalInt answerTokens,
            OptionalInt cutAfter,
            AnswerNeeds needs,
            long seed,
            IntConsumer progress) {
        if (needs.confidence() || needs.samples() > 0) {
            throw StageProblem.invalid("evaluate: a model of a service shows neither its confidence nor seeded samples;"
                    + " leave calibrationError, brier, passAt and passAll out");
        }
        return predict(rows, answerTokens, cutAfter, progress);
    }

    /**
     * Similarities of pairs of texts by this model's hidden states; see {@link HiddenSimilarity}.
     *
     * @param layer the decoder layer, from 1
     * @return one per pair, from 0 to 1
     * @throws StageProblem when this model shows no hidden states, or has no such layer
     */
    default List<Double> similarities(List<String> references, List<String> answers, int layer) {
        throw StageProblem.invalid("evaluate: the model of a service shows no hidden states; leave similarity out");
    }

    /**
     * Vectors of texts: the mean of this model's hidden states of each text.
     *
     * @param layer the decoder layer, from 1
     * @return one per text, (D); empty for a text without tokens
     * @throws StageProblem when this model shows no hidden states, or has no such layer
     */
    default List<Optional<float[]>> vectors(List<String> texts, int layer) {
        throw StageProblem.invalid("evaluate: the model of a service shows no hidden states; leave errorClusters and"
                + " `slices from:` out");
    }

    /**
     * Responds to a benchmark's requests.
     *
     * @return one response per request, in their order
     * @throws StageProblem when this model's service has no log-probabilities of given texts
     */
    default List<BenchmarkResponse> respond(List<BenchmarkRequest> requests) {
        throw StageProblem.invalid("benchmark: a model that a service holds cannot be asked; remove the benchmark, or"
                + " train with Septet's engine");
    }

    /**
     * The losses of the least likely tokens of each row's learned text.
     *
     * @param share the part of the tokens that counts, from 0 to 1; at least one token does
     * @param cutAfter number of tokens of a row that count; empty when rows are whole
     * @return one prediction per row without an answer, whose loss is NaN where this subject cannot measure it
     */
    default List<Prediction> leastLikely(List<Row> rows, double share, OptionalInt cutAfter) {
        return Collections.nCopies(rows.size(), new Prediction(null, Double.NaN, 0));
    }

    /**
     * Sampled answers.
     *
     * @param seed equal seeds give equal answers to equal rows
     * @return one prediction per row, in their order, without a loss
     */
    default List<Prediction> sampled(
            List<Row> rows, int answerTokens, OptionalInt cutAfter, double temperature, long seed) {
        throw new UnsupportedOperationException("this model gives no sampled answers");
    }

    @Override
    void close();
}
