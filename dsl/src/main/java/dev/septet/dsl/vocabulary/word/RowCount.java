package dev.septet.dsl.vocabulary.word;

/** A number of rows. */
public record RowCount(int count) {}
