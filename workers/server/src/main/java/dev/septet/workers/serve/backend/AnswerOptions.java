package dev.septet.workers.serve.backend;

import dev.septet.llm.generate.constraint.TokenConstraint;
import dev.septet.llm.generate.sampling.Sampling;
import dev.septet.workers.serve.openai.AnswerFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options for the generation of an answer.
 *
 * @param maxTokens most tokens of the answer
 * @param stops stop texts, which end the answer and are not part of it
 * @param tenant the calling tenant; values that were computed for one tenant are not reused for
 *     another
 * @param constraint which tokens may come next; null for every token, and where a service holds the
 *     model
 * @param topLogProbabilities for how many of the most probable tokens of each position the listener
 *     gets log-probabilities; -1 for none at all
 * @param promptLogProbabilities whether the listener gets the prompt's tokens before those of the answer
 * @param format what the answer must look like
 * @param calls whether the answer may have calls of tools
 */
public record AnswerOptions(
        int maxTokens,
        Sampling sampling,
        List<String> stops,
        String tenant,
        @Nullable TokenConstraint constraint,
        int topLogProbabilities,
        boolean promptLogProbabilities,
        AnswerFormat format,
        boolean calls) {
    public AnswerOptions {
        stops = List.copyOf(stops);
    }
}
