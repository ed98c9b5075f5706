package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of fields of a row that a pipeline file may read by name. */
final class FieldName {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

    private FieldName() {}

    /** Whether a text is a field's name. */
    static boolean valid(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Checks an optional name.
     *
     * @param option the option that names the field, for the message
     * @throws IllegalArgumentException when it is not a field's name
     */
    static void check(String option, @Nullable String name) {
        require(
                name == null || valid(name),
                "%s a field's name has letters, digits and '_', at most 64 of them, got '%s'",
                option,
                name);
    }
}
