package dev.septet.dsl.expression;

/** The result that a word requires of its expression. */
public enum RequiredResult {
    /** True or false. */
    TRUTH,
    /** A number; true counts as 1, false as 0. */
    SCORE,
    /** Any value that a field of a row may hold. */
    VALUE
}
