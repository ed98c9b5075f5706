package dev.septet.dsl.vocabulary.word;

/** Whole numbers from the first to the last, both included. */
public record RangeValue(int first, int last) {}
