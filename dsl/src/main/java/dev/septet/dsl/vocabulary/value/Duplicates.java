package dev.septet.dsl.vocabulary.value;

/** The rows that count as duplicates. */
public enum Duplicates {
    /** Rows equal to an earlier one, character for character. */
    EXACT
}
