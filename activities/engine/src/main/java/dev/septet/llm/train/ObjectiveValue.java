package dev.septet.llm.train;

import org.jspecify.annotations.Nullable;

/**
 * The value of an objective on some examples.
 *
 * @param loss mean over loss-carrying tokens, or over pairs, in nats
 * @param preferred preference scores of pairs; null without pairs
 */
public record ObjectiveValue(double loss, @Nullable PreferenceScores preferred) {}
