package dev.septet.workers.serve.backend;

import dev.septet.llm.generate.Sampling;

import java.util.List;

/**
 * How an answer is to be written.
 *
 * @param maxTokens most tokens
 * @param stops texts that end it and are no part of it
 */
public record AnswerOptions(int maxTokens, Sampling sampling, List<String> stops) {
    public AnswerOptions {
        stops = List.copyOf(stops);
    }
}
