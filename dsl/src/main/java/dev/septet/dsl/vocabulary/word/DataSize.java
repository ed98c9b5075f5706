package dev.septet.dsl.vocabulary.word;

/** An amount of memory. */
public record DataSize(long bytes) {}
