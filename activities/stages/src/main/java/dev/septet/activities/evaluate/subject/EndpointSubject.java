package dev.septet.activities.evaluate.subject;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.endpoint.RowAnswers;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.llm.template.TokenSequence;
import dev.septet.workflows.FailureType;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A model that a service holds. Its answers are greedy. Its losses are over the tokens that training learns, where the
 * service returns log-probabilities of given tokens. Elsewhere they are NaN: a metric that needs them is then NaN, and
 * the gate says no.
 *
 * @param encoder tokenizes rows as the service's model does; null = the service returns no log-probabilities
 */
record EndpointSubject(RowAnswers model, @Nullable ModelRowEncoder encoder) implements Subject {
    private record Loss(double sum, int tokens) {
        static final Loss UNKNOWN = new Loss(Double.NaN, 0);
    }

    @Override
    public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
        return predict(rows, answerTokens, cutAfter, done -> {});
    }

    @Override
    public List<Prediction> predict(
            List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter, IntConsumer progress) {
        RowAnswers measured = model.reporting(done -> progress.accept(answerTokens.isPresent() ? 0 : done));
        List<Row> rejected = rows.stream()
                .filter(PreferenceRow.class::isInstance)
                .map(row -> ((PreferenceRow) row).rejected())
                .toList();
        Iterator<Loss> rejectedLosses = losses(model.reporting(done -> progress.accept(0)), rejected, cutAfter)
                .iterator();
        List<Loss> losses = losses(measured, rows, cutAfter);
        List<String> answers =
                answerTokens.isPresent() ? model.reporting(progress).of(rows, answerTokens.getAsInt()) : List.of();
        List<Prediction> predictions = new ArrayList<>();
        for (int at = 0; at < rows.size(); at++) {
            predictions.add(new Prediction(
                    answers.isEmpty() ? null : answers.get(at),
                    losses.get(at).sum(),
                    losses.get(at).tokens(),
                    rows.get(at) instanceof PreferenceRow
                            ? (Double) rejectedLosses.next().sum()
                            : null));
        }
        return predictions;
    }

    @Override
    public List<Prediction> leastLikely(List<Row> rows, double share, OptionalInt cutAfter) {
        ModelRowEncoder tokens = encoder;
        if (tokens == null) {
            return Subject.super.leastLikely(rows, share, cutAfter);
        }
        List<TokenSequence> sequences = rows.stream()
                .map(row -> sequence(tokens, row.answered(), cutAfter))
                .toList();
        List<double[]> logs = model.logProbabilities(
                rows, sequences.stream().map(TokenSequence::ids).toList());
        List<Prediction> predictions = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            boolean[] learned = sequences.get(row).loss();
            double[] all = logs.get(row);
            // Nothing predicts the first token.
            double[] kept = IntStream.range(1, learned.length)
                    .filter(at -> learned[at])
                    .mapToDouble(at -> all[at])
                    .toArray();
            predictions.add(Prediction.ofLeastLikely(kept, share));
        }
        return predictions;
    }

    private List<Loss> losses(RowAnswers asked, List<Row> rows, OptionalInt cutAfter) {
        ModelRowEncoder tokens = encoder;
        if (tokens == null) {
            return rows.stream().map(row -> Loss.UNKNOWN).toList();
        }
        List<TokenSequence> sequences =
                rows.stream().map(row -> sequence(tokens, row, cutAfter)).toList();
        List<double[]> logs = asked.logProbabilities(
                rows, sequences.stream().map(TokenSequence::ids).toList());
        List<Loss> losses = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            boolean[] learned = sequences.get(row).loss();
            double sum = 0;
            int count = 0;
            // Nothing predicts the first token.
            for (int at = 1; at < learned.length; at++) {
                if (learned[at]) {
                    sum -= logs.get(row)[at];
                    count++;
                }
            }
            losses.add(new Loss(sum, count));
        }
        return losses;
    }

    private static TokenSequence sequence(ModelRowEncoder encoder, Row row, OptionalInt cutAfter) {
        try {
            return (cutAfter.isPresent() ? encoder.encodeStart(row, cutAfter.getAsInt()) : encoder.encode(row))
                    .sequence();
        } catch (RowProblem e) {
            throw new StageProblem(
                    FailureType.POISON_DATA, "%s: %s; correct or remove the row".formatted(row.place(), e.reason()), e);
        }
    }

    @Override
    public void close() {
        if (encoder != null) {
            encoder.close();
        }
    }
}
