package dev.septet.dsl.vocabulary;

/** A number of optimizer steps. */
public record Steps(int count) {}
