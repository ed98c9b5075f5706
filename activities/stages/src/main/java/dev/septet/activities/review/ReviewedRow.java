package dev.septet.activities.review;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowJson;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A row that somebody accepted. Its line is a chat row as datasets have them ({@code messages}),
 * with its name and its history beside it, which preparation passes over.
 *
 * @param id the row's content-addressed name
 * @param question name of its question alone
 * @param by who accepted it
 * @param time when, ISO 8601
 * @param redacted kinds of personal data that were masked before anybody saw it
 */
public record ReviewedRow(
        String id,
        String question,
        ReviewCandidate.Kind kind,
        String by,
        String time,
        List<RedactSpec.Kind> redacted,
        List<Evidence> evidence) {
    private static final String HISTORY = "review";

    public ReviewedRow {
        redacted = List.copyOf(redacted);
        evidence = List.copyOf(evidence);
    }

    static ReviewedRow of(ReviewCandidate candidate, String by, String time) {
        return new ReviewedRow(
                candidate.id(),
                candidate.question(),
                candidate.kind(),
                by,
                time,
                Arrays.asList(RedactSpec.Kind.values()),
                candidate.evidence());
    }

    /** The line of the file, without its end. */
    String line(ReviewCandidate candidate) throws JsonProcessingException {
        ObjectNode line = (ObjectNode) SpecJson.mapper().readTree(RowJson.canonical(candidate.row()));
        line.set(HISTORY, SpecJson.mapper().valueToTree(this));
        return SpecJson.mapper().writeValueAsString(line);
    }

    /** What such a line says; empty when it is none. */
    static Optional<ReviewedRow> read(String line) {
        try {
            JsonNode history = SpecJson.mapper().readTree(line).path(HISTORY);
            return history.isObject()
                    ? Optional.of(SpecJson.mapper().treeToValue(history, ReviewedRow.class))
                    : Optional.empty();
        } catch (JsonProcessingException | IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }
}
