package dev.septet.dsl.vocabulary.word;

import java.time.Duration;

/** So many times in any stretch of this length. */
public record Frequency(int count, Duration per) {}
