package dev.septet.dsl.vocabulary.word;

/** A number of optimizer steps. */
public record StepCount(int count) {}
