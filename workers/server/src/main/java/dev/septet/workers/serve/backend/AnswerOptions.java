package dev.septet.workers.serve.backend;

import dev.septet.llm.generate.sampling.Sampling;
import java.util.List;

/**
 * The options for the generation of an answer.
 *
 * @param maxTokens most tokens of the answer
 * @param stops stop texts, which end the answer and are not part of it
 * @param tenant the calling tenant; values that were computed for one tenant are not reused for
 *     another
 */
public record AnswerOptions(int maxTokens, Sampling sampling, List<String> stops, String tenant) {
    public AnswerOptions {
        stops = List.copyOf(stops);
    }
}
