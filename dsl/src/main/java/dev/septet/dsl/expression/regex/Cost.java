package dev.septet.dsl.expression.regex;

/** Counts the steps of a match. An implementation may throw when they exceed its limit. */
@FunctionalInterface
public interface Cost {
    /** Adds this number of steps. */
    void add(long steps);
}
