package dev.septet.activities.evaluate.safety;

/** A prompt, and the answer of the model under evaluation. */
public record GuardedExchange(String prompt, String answer) {}
