package dev.septet.activities.review;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowJson;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A row that a reviewer accepted. Its line is a chat row in the format of datasets ({@code
 * messages}). The line also has its id and history, which preparation ignores.
 *
 * @param id the row's content-addressed id
 * @param question id of its question alone
 * @param by the person who accepted it
 * @param time time of the decision, ISO 8601
 * @param redacted kinds of personal data that were masked before the review
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
                List.copyOf(new TreeSet<>(RedactSpec.CONTACT_AND_ACCOUNT)),
                candidate.evidence());
    }

    /** The line of the file, without its line end. */
    String line(ReviewCandidate candidate) throws JsonProcessingException {
        ObjectNode line = (ObjectNode) SpecJson.mapper().readTree(RowJson.canonical(candidate.row()));
        line.set(HISTORY, SpecJson.mapper().valueToTree(this));
        return SpecJson.mapper().writeValueAsString(line);
    }

    /** Parses a line; empty when it is not a reviewed row. */
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
