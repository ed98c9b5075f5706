package dev.septet.llm.generate;

import dev.septet.llm.generate.constraint.TokenConstraint;
import dev.septet.llm.generate.sampling.Sampling;
import dev.septet.llm.generate.sampling.StopIds;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How to answer a prompt.
 *
 * @param maxNewTokens maximum number of tokens to generate; the model's context is also a limit
 * @param sampling how tokens are chosen
 * @param stopIds tokens that end an answer and are not part of its text, see {@link StopIds}
 * @param stopStrings strings that end an answer and are not part of its text
 * @param constraint which tokens may come next; null for every token
 * @param topLogProbabilities for how many of the most probable tokens of each position the listener
 *     gets the log-probabilities, besides that of the chosen token; -1 for none at all
 * @param promptLogProbabilities whether the listener gets those of the prompt's tokens too
 * @param writtenIds special tokens whose texts are a part of the answer's text, as the marks of tool
 *     calls
 */
public record GenerationOptions(
        int maxNewTokens,
        Sampling sampling,
        Set<Integer> stopIds,
        List<String> stopStrings,
        @Nullable TokenConstraint constraint,
        int topLogProbabilities,
        boolean promptLogProbabilities,
        Set<Integer> writtenIds) {
    /** Options without log-probabilities of the prompt. */
    public GenerationOptions(
            int maxNewTokens,
            Sampling sampling,
            Set<Integer> stopIds,
            List<String> stopStrings,
            @Nullable TokenConstraint constraint,
            int topLogProbabilities,
            Set<Integer> writtenIds) {
        this(maxNewTokens, sampling, stopIds, stopStrings, constraint, topLogProbabilities, false, writtenIds);
    }

    /** Options without a constraint, and without log-probabilities. */
    public GenerationOptions(int maxNewTokens, Sampling sampling, Set<Integer> stopIds, List<String> stopStrings) {
        this(maxNewTokens, sampling, stopIds, stopStrings, null, -1, Set.of());
    }

    public GenerationOptions {
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("an answer needs at least 1 token, got " + maxNewTokens);
        }
        if (promptLogProbabilities && topLogProbabilities < 0) {
            throw new IllegalArgumentException("the prompt has log-probabilities only where the answer has them");
        }
        if (stopStrings.contains("")) {
            throw new IllegalArgumentException("an empty stop text would end every answer");
        }
        stopIds = Collections.unmodifiableSet(new TreeSet<>(stopIds));
        stopStrings = List.copyOf(stopStrings);
        writtenIds = Set.copyOf(writtenIds);
    }

    /** Whether the model must return all logits. */
    boolean scores() {
        return !sampling.isGreedy() || constraint != null || topLogProbabilities >= 0;
    }

    /** Greedy decoding up to a stop token. */
    public static GenerationOptions greedy(int maxNewTokens, Set<Integer> stopIds) {
        return new GenerationOptions(maxNewTokens, Sampling.GREEDY, stopIds, List.of());
    }
}
