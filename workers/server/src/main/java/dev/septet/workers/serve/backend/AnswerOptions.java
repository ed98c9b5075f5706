package dev.septet.workers.serve.backend;

import dev.septet.llm.generate.sampling.Sampling;
import java.util.List;

/**
 * How an answer is to be written.
 *
 * @param maxTokens most tokens
 * @param stops texts that end it and are no part of it
 * @param tenant who asks; what was computed for one tenant is not used for another
 */
public record AnswerOptions(int maxTokens, Sampling sampling, List<String> stops, String tenant) {
    public AnswerOptions {
        stops = List.copyOf(stops);
    }
}
