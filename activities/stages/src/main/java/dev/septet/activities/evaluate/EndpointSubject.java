package dev.septet.activities.evaluate;

import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.endpoint.RowAnswers;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A model that a service holds. Its answers are greedy. Its losses are NaN, because the service does not show the
 * probabilities of given texts; a metric that needs a loss is then NaN, and the gate says no.
 */
record EndpointSubject(RowAnswers model) implements Subject {
    @Override
    public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
        List<String> answers = answerTokens.isPresent() ? model.of(rows, answerTokens.getAsInt()) : List.of();
        List<Prediction> predictions = new ArrayList<>();
        for (int at = 0; at < rows.size(); at++) {
            predictions.add(new Prediction(
                    answers.isEmpty() ? null : answers.get(at),
                    Double.NaN,
                    0,
                    rows.get(at) instanceof PreferenceRow ? (Double) Double.NaN : null));
        }
        return predictions;
    }

    @Override
    public void close() {}
}
