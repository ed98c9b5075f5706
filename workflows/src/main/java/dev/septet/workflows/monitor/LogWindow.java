package dev.septet.workflows.monitor;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of an audit log that a host has read.
 *
 * @param rows rows in the window
 * @param from where the window begins, in bytes
 * @param sha256 digest of the window's text in the store; null when the window has too few rows to be stored
 * @param reviewed rows that reviewers made from the pipeline's feedback, in total
 * @param head last line of Septet's own audit log; null for other logs
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LogWindow(
        long rows,
        long from,
        @Nullable String sha256,
        long reviewed,
        @Nullable AuditHead head) {
    /** The result of a check with too few rows, which needs no engine. */
    Observation tooFew() {
        return new Observation(rows, false, from, List.of(), reviewed, head);
    }
}
