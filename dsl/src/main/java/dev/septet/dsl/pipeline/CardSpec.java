package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What only people know about a model, for its model card.
 *
 * @param intendedUse what the model is for, and for whom; null when the file does not say it
 * @param limits what the model must not be used for, and where it fails; null when the file does not say it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CardSpec(
        @Nullable String intendedUse, @Nullable String limits) {
    /** Characters of the longest text. */
    public static final int MAX = 2000;

    public CardSpec {
        require(intendedUse != null || limits != null, "card needs intendedUse: or limits:");
        check("intendedUse", intendedUse);
        check("limits", limits);
    }

    private static void check(String option, @Nullable String text) {
        require(
                text == null || (!text.isBlank() && text.length() <= MAX),
                "%s: must have 1 to %s characters",
                option,
                MAX);
    }
}
