package dev.septet.dsl.vocabulary.value;

/** When a sampled answer passes. */
public enum PassCriterion {
    /** It equals the expected answer. */
    EXACT_MATCH,
    /** It equals the expected answer by SQuAD's rules. */
    SQUAD_EXACT_MATCH,
    /** Its final number is the expected one. */
    NUMERIC_ANSWER,
    /** It has the expected calls of tools. */
    TOOL_CALLS,
    /** It is valid JSON. */
    JSON
}
