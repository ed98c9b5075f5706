package dev.septet.workflows.monitor;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a host has read of its audit log.
 *
 * @param rows rows in the window
 * @param from where the window begins, in bytes
 * @param sha256 digest of the window's text in the store; null when it holds too few rows to be
 *     there
 * @param reviewed rows that reviewers made of the pipeline's feedback, ever
 * @param head how far Septet's own audit log had come; null for other logs
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LogWindow(
        long rows,
        long from,
        @Nullable String sha256,
        long reviewed,
        @Nullable AuditHead head) {
    /** The look at too few rows, which needs no engine. */
    Observation tooFew() {
        return new Observation(rows, false, from, List.of(), reviewed, head);
    }
}
