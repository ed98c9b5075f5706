package dev.septet.dsl.vocabulary;

/** A number of rows. */
public record Rows(int count) {}
