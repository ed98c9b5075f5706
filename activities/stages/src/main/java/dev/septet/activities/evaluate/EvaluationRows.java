package dev.septet.activities.evaluate;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.subject.CallAnswers;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.result.StageKey;
import dev.septet.dsl.pipeline.SpecDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The rows that models are evaluated on.
 *
 * @param digest digest of the bytes that the rows came from
 * @param answerTokens token limit of a generated answer; empty when only losses are needed
 * @param cutAfter length in tokens at which the prepare stage truncated rows; empty when all rows
 *     are whole
 * @param meta the columns beside each row, for slices; empty when nothing reads them
 * @param needs what the metrics read of a model besides one answer and the loss
 * @param seed seed of sampled answers
 */
record EvaluationRows(
        List<Row> rows,
        String digest,
        OptionalInt answerTokens,
        OptionalInt cutAfter,
        List<RowMeta> meta,
        AnswerNeeds needs,
        long seed) {
    EvaluationRows {
        rows = List.copyOf(rows);
        meta = List.copyOf(meta);
    }

    /** Rows without columns beside them, whose metrics need one answer and the loss. */
    EvaluationRows(List<Row> rows, String digest, OptionalInt answerTokens, OptionalInt cutAfter) {
        this(rows, digest, answerTokens, cutAfter, List.of(), AnswerNeeds.NONE, 0);
    }

    /** An exam without truncated rows. */
    EvaluationRows(List<Row> rows, String digest, OptionalInt answerTokens) {
        this(rows, digest, answerTokens, OptionalInt.empty());
    }

    /**
     * The same rows with answers.
     *
     * @param most token limit of an answer where these rows have none
     */
    EvaluationRows answered(int most) {
        return answerTokens.isPresent()
                ? this
                : new EvaluationRows(rows, digest, OptionalInt.of(most), cutAfter, meta, needs, seed);
    }

    /**
     * The same rows with another column beside them.
     *
     * @param values the column's value of each row
     */
    EvaluationRows with(String column, List<String> values) {
        List<RowMeta> more = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            more.add((row < meta.size() ? meta.get(row) : RowMeta.NONE).with(column, values.get(row)));
        }
        return new EvaluationRows(rows, digest, answerTokens, cutAfter, more, needs, seed);
    }

    /** What a row is about: its prompt, or the text of a row without one. */
    List<String> subjects() {
        return rows.stream()
                .map(row -> row.promptText().isBlank() && row instanceof TextRow text ? text.text() : row.promptText())
                .toList();
    }

    /** The outcome of each row. */
    List<Outcome> outcomes(List<Prediction> predictions) {
        return IntStream.range(0, predictions.size())
                .mapToObj(row -> predictions.get(row).against(rows.get(row)))
                .toList();
    }

    /**
     * The key of everything that a candidate's predictions depend on.
     *
     * @param address of the service that holds the candidate; empty where the engine runs it
     */
    String key(Candidate candidate, String address) {
        TreeMap<String, String> parts = new TreeMap<>();
        parts.put("revision", StageKey.REVISION);
        parts.put("model", candidate.digest());
        parts.put("adapter", String.valueOf(candidate.adapterDigest()));
        parts.put("precision", SpecDigest.constant(candidate.computed()));
        parts.put("rows", digest);
        parts.put("count", Integer.toString(rows.size()));
        parts.put("answerTokens", Integer.toString(answerTokens.orElse(0)));
        Candidate.Hosted hosted = candidate.hosted();
        if (hosted != null) {
            parts.put("endpoint", hosted.endpoint());
            parts.put("endpointModel", hosted.model());
            parts.put("endpointAddress", address);
        }
        if (answerTokens.isPresent()
                && rows.stream().anyMatch(row -> !CallAnswers.callable(row).isEmpty())) {
            parts.put("calls", "canonical"); // before, they were stored as the template writes them
        }
        cutAfter.ifPresent(tokens -> parts.put("cutAfter", Integer.toString(tokens)));
        if (needs.confidence()) {
            parts.put("confidence", "whole answer");
        }
        if (needs.samples() > 0) {
            parts.put("samples", Integer.toString(needs.samples()));
            parts.put("temperature", Double.toString(needs.temperature()));
            parts.put("seed", Long.toString(seed));
        }
        return SpecDigest.of(parts);
    }
}
