package dev.septet.dsl.vocabulary;

/** Which rows count as said before. */
public enum Duplicates {
    /** Rows equal to an earlier one, character for character. */
    EXACT
}
