package dev.septet.dsl.expression.regex;

/** Counts work, and may throw when it exceeds a limit. */
@FunctionalInterface
public interface Cost {
    /** Adds this number of steps. */
    void add(long steps);
}
