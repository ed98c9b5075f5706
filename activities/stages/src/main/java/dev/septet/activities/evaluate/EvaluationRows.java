package dev.septet.activities.evaluate;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.result.StageKey;
import dev.septet.dsl.pipeline.SpecDigest;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Rows to ask models about.
 *
 * @param digest of the bytes that the rows came from
 * @param answerTokens most tokens of a written answer; empty when only losses are wanted
 * @param cutAfter tokens after which prepare has cut rows; empty where all rows are whole
 */
record EvaluationRows(List<Row> rows, String digest, OptionalInt answerTokens, OptionalInt cutAfter) {
    EvaluationRows {
        rows = List.copyOf(rows);
    }

    /** One of whole rows. */
    EvaluationRows(List<Row> rows, String digest, OptionalInt answerTokens) {
        this(rows, digest, answerTokens, OptionalInt.empty());
    }

    /** What the row's answer is held to; of plain text, the text itself. */
    static String reference(Row row) {
        return row.reference().orElseGet(() -> row instanceof TextRow text ? text.text() : "");
    }

    /** Name of everything that a candidate's predictions depend on. */
    String key(Candidate candidate) {
        TreeMap<String, String> parts = new TreeMap<>();
        parts.put("revision", StageKey.REVISION);
        parts.put("model", candidate.digest());
        parts.put("adapter", String.valueOf(candidate.adapterDigest()));
        parts.put("precision", SpecDigest.constant(candidate.computed()));
        parts.put("rows", digest);
        parts.put("count", Integer.toString(rows.size()));
        parts.put("answerTokens", Integer.toString(answerTokens.orElse(0)));
        cutAfter.ifPresent(tokens -> parts.put("cutAfter", Integer.toString(tokens)));
        return SpecDigest.of(parts);
    }
}
