package dev.septet.activities.evaluate.rival;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.dsl.pipeline.evaluate.RetrievalSpec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison with retrieval found: {@code retrieval} of {@code results.json}.
 *
 * @param trainRows rows of the train split
 * @param rowBytes of their questions and answers, which a service with retrieval stores, in UTF-8
 * @param sets the test split is the first
 */
public record RivalReport(int trainRows, long rowBytes, List<Method> methods, List<Set> sets) {
    /** Name of the report in {@code results.json}. */
    public static final String NAME = "retrieval";

    public RivalReport {
        methods = List.copyOf(methods);
        sets = List.copyOf(sets);
    }

    /**
     * How rows are found.
     *
     * @param rows rows in a prompt
     * @param layer whose outputs are the vectors; null for words
     * @param indexBytes size of the index
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Method(
            RetrievalSpec.By by, int rows, @Nullable Integer layer, long indexBytes) {}

    /**
     * One set of rows.
     *
     * @param set its name; empty for the test split
     * @param metrics in the order of the pipeline file
     * @param candidates in a fixed order; the base model and the tuned model are the first two
     * @param differences of each pair of candidates, by metric
     */
    public record Set(
            String set,
            int rows,
            List<Measured> metrics,
            List<Prompts> prompts,
            List<Candidate> candidates,
            List<Difference> differences) {
        public Set {
            metrics = List.copyOf(metrics);
            prompts = List.copyOf(prompts);
            candidates = List.copyOf(candidates);
            differences = List.copyOf(differences);
        }
    }

    /** A metric or score. */
    public record Measured(String name, boolean lowerIsBetter) {}

    /**
     * What was put into the prompts.
     *
     * @param rows mean number of training rows in a prompt
     * @param fewer prompts with fewer rows than were found for them
     * @param without prompts without any row
     * @param tooLong rows that did not fit into the context
     * @param controlTokens rows that would have become control tokens of the model
     */
    public record Prompts(RetrievalSpec.By by, double rows, int fewer, int without, long tooLong, long controlTokens) {}

    /** What a user would deploy. */
    public enum Choice {
        NEITHER,
        FINE_TUNE,
        RETRIEVE,
        BOTH
    }

    /**
     * A model, with or without retrieval.
     *
     * @param by null without retrieval
     * @param metrics score and 95 % interval, by metric
     * @param promptTokens mean number of tokens before an answer; NaN when not counted
     * @param answerTokens mean number of generated tokens; NaN when not counted
     * @param seconds name of the store's record with the measured times
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Candidate(
            Choice choice,
            RetrievalSpec.@Nullable By by,
            Map<String, Value> metrics,
            double promptTokens,
            double answerTokens,
            String seconds) {
        public Candidate {
            metrics = Map.copyOf(metrics);
        }

        /** Tokens that the model reads and writes for an answer. */
        public double tokens() {
            return promptTokens + answerTokens;
        }
    }

    /** A score and its 95 % interval. */
    public record Value(double score, Interval interval) {}

    /**
     * A difference of two candidates' scores, paired by row.
     *
     * @param of index of a candidate
     * @param from index of the candidate whose score is subtracted, below {@code of}
     * @param interval 95 % interval of the difference
     */
    public record Difference(String metric, int of, int from, double value, Interval interval) {}
}
