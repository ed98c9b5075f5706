package dev.septet.dsl.expression;

/** What an expression's word needs of it. */
public enum RequiredResult {
    /** True or false. */
    TRUTH,
    /** A number; true counts as 1, false as 0. */
    SCORE,
    /** Anything that a field of a row may hold. */
    VALUE
}
