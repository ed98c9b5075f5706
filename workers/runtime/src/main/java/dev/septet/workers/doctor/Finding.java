package dev.septet.workers.doctor;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The result of one check.
 *
 * @param check what was checked, in one or two words
 * @param found what was found, as a sentence
 * @param next what the user can do about it, null when there is nothing to do
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Finding(
        String check, Level level, String found, @Nullable String next) {
    /** The severity of a finding. */
    public enum Level {
        OK,
        /** Runs work, but something is missing or soon will be. */
        WARN,
        /** Runs cannot work. */
        FAIL
    }

    static Finding ok(String check, String found) {
        return new Finding(check, Level.OK, found, null);
    }

    static Finding warn(String check, String found, String next) {
        return new Finding(check, Level.WARN, found, next);
    }

    static Finding fail(String check, String found, String next) {
        return new Finding(check, Level.FAIL, found, next);
    }
}
