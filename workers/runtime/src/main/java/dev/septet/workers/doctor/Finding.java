package dev.septet.workers.doctor;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What a check found.
 *
 * @param check what was looked at, in one or two words
 * @param found a sentence
 * @param next what to do about it, null when there is nothing to do
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Finding(
        String check, Level level, String found, @Nullable String next) {
    /** How bad it is. */
    public enum Level {
        OK,
        /** Runs work, but something is missing or will be. */
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
