package dev.septet.dsl.vocabulary;

/** An amount of memory. */
public record DataSize(long bytes) {}
