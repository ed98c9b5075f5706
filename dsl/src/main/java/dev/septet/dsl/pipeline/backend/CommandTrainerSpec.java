package dev.septet.dsl.pipeline.backend;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.PlainOptions;
import java.util.Map;

/**
 * A program that the operator of the workers allows by name.
 *
 * @param options what the file sets: texts, booleans, {@code Long} and {@code Double}
 */
public record CommandTrainerSpec(
        String name,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Object> options) implements OutsideTrainerSpec {
    /** Names of trainers and of their options. */
    public static final String NAME_PATTERN = "[A-Za-z][A-Za-z0-9_-]{0,63}";

    public CommandTrainerSpec {
        require(
                name.matches(NAME_PATTERN),
                "a trainer's name starts with a letter and has letters, digits, '-' and '_', at most 64 of them, got"
                        + " '%s'",
                name);
        options = PlainOptions.canonical(options);
    }

    @Override
    public CommandTrainerSpec command() {
        return this;
    }

    @Override
    public String written() {
        return "command('%s')".formatted(name);
    }
}
