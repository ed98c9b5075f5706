package dev.septet.dsl.vocabulary;

/** Whole numbers from the first to the last, both included. */
public record RangeValue(int first, int last) {}
