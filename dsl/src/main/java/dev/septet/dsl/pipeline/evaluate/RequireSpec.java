package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Constraints that a base model must meet. They are checked before any expensive work.
 *
 * @param licences accepted licence ids (as in model cards, lower case); empty = any
 * @param maxParameters largest accepted parameter count; null = any
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RequireSpec(List<String> licences, @Nullable Long maxParameters) {
    public RequireSpec {
        licences = List.copyOf(licences);
        require(maxParameters == null || maxParameters > 0, "parameters: must be positive, got %s", maxParameters);
    }
}
