package dev.septet.llm.train;

import org.jspecify.annotations.Nullable;

/**
 * What an objective says of some examples.
 *
 * @param loss mean over loss-carrying tokens, or over pairs, in nats
 * @param preferred of pairs; null where there are none
 */
public record ObjectiveValue(double loss, @Nullable PreferenceScores preferred) {}
