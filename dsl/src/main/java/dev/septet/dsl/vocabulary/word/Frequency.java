package dev.septet.dsl.vocabulary.word;

import java.time.Duration;

/** A limit of {@code count} times in any period of the length {@code per}. */
public record Frequency(int count, Duration per) {}
