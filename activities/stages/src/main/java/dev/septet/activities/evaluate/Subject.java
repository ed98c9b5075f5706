package dev.septet.activities.evaluate;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.benchmark.BenchmarkRequest;
import dev.septet.activities.evaluate.benchmark.BenchmarkResponse;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntConsumer;

/** A model under evaluation. */
public interface Subject extends AutoCloseable {
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
     * Responds to a benchmark's requests.
     *
     * @return one response per request, in their order
     * @throws StageProblem when this model's service has no log-probabilities of given texts
     */
    default List<BenchmarkResponse> respond(List<BenchmarkRequest> requests) {
        throw StageProblem.invalid("benchmark: a model that a service holds cannot be asked; remove the benchmark, or"
                + " train with Septet's engine");
    }

    @Override
    void close();
}
