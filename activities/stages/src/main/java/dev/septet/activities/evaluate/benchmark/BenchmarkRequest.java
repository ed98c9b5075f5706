package dev.septet.activities.evaluate.benchmark;

import java.util.List;

/** What a model is asked for one row of a benchmark. */
public sealed interface BenchmarkRequest {
    /** The log-probability of a text after another one. */
    record Continuation(String context, String continuation) implements BenchmarkRequest {}

    /** The log-probability of a whole text, in windows of the model's context. */
    record WholeText(String text) implements BenchmarkRequest {}

    /**
     * A greedy answer.
     *
     * @param until texts that end the answer and are not a part of it
     */
    record Generation(String context, List<String> until, int maxTokens) implements BenchmarkRequest {
        public Generation {
            until = List.copyOf(until);
        }
    }
}
