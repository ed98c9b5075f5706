package dev.septet.dsl.vocabulary.value;

/** The rows that count as duplicates. */
public enum Duplicates {
    /** Rows that equal an earlier row, character for character. */
    EXACT
}
