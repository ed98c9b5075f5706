package dev.septet.workflows.approval;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The person behind an answer, as a worker identified them.
 *
 * @param person one key per person, independent of how the name was written
 * @param signed whether the answer is signed with that person's key; false for a name that was not verified
 * @param seal proof that a worker made this check
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CheckedAnswer(
        String person, boolean signed, @Nullable String seal) {
    /** The same answer with its seal. */
    public CheckedAnswer sealed(String by) {
        return new CheckedAnswer(person, signed, by);
    }
}
