package dev.septet.dsl.vocabulary.word;

/** A range of whole numbers, first and last included. */
public record RangeValue(int first, int last) {}
