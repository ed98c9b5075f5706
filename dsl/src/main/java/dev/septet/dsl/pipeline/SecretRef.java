package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * A secret by its name, never its value. Only the worker that needs the value can read it.
 *
 * @param name name such as {@code TEAM_WEBHOOK}; the operator of the workers sets its value
 */
public record SecretRef(String name) {
    public static final String NAME_PATTERN = "[A-Z][A-Z0-9_]{0,63}";

    public SecretRef {
        require(
                name.matches(NAME_PATTERN),
                "a secret's name has capital letters, digits and '_', at most 64 of them, got '%s'",
                name);
    }
}
