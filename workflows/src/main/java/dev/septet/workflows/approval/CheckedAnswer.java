package dev.septet.workflows.approval;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Who gave an answer, as a worker found.
 *
 * @param person one name for one person, however it was written
 * @param signed whether that person's key signed it; false for a name that was taken at its word
 * @param seal proof that a worker found so
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CheckedAnswer(
        String person, boolean signed, @Nullable String seal) {
    /** The same with its seal. */
    public CheckedAnswer sealed(String by) {
        return new CheckedAnswer(person, signed, by);
    }
}
