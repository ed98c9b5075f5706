package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How models judge answers: for the metrics {@code judge} and {@code winRate}, and the sentences of {@code grounding}.
 *
 * @param by the models that judge
 * @param rubric path of a text with the criteria; null for {@code grounding}, whose question needs none
 * @param scale of {@code judge}: how a verdict is written; null for {@code winRate} and {@code grounding}
 * @param against of {@code winRate}: the other model; null for {@code judge} and {@code grounding}
 * @param budget how much one run may use
 * @param labels path of a file with the verdicts of people; null = none
 * @param requestsPerMinute for each judge; null = no limit
 * @param concurrency the number of requests at the same time, for each judge
 * @param unmeasured the largest share of rows, or of sentences, without a verdict with which the metric may pass
 * @param rubricText the content of the rubric's file; null in a pipeline's spec, because a worker reads the file, and for {@code grounding}
 * @param labelsText the content of the labels' file; null in a pipeline's spec
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JudgeSpec(
        List<GenerateSpec.Teacher> by,
        @Nullable String rubric,
        @Nullable Scale scale,
        @Nullable Against against,
        GenerateSpec.Budget budget,
        @Nullable String labels,
        @Nullable Integer requestsPerMinute,
        int concurrency,
        double unmeasured,
        @Nullable String rubricText,
        @Nullable String labelsText) {
    public static final int DEFAULT_CONCURRENCY = 4;
    public static final double DEFAULT_UNMEASURED = 0.1;

    /** The largest number of judges. */
    public static final int MOST_JUDGES = 5;

    private static final int MOST_CONCURRENT = 64;

    /** How a judge writes its verdict on one answer. */
    public enum Scale {
        /** A whole number from 1 to 5, which becomes 0 to 1. */
        POINTS,
        /** Yes or no, which become 1 and 0. */
        YES_NO
    }

    /** The model whose answers are compared with those of the tuned model. */
    public enum Against {
        /** The base model. */
        BASELINE,
        /** The deployed model. */
        CHAMPION
    }

    public JudgeSpec {
        by = List.copyOf(by);
        require(
                !by.isEmpty() && by.size() <= MOST_JUDGES,
                "%s needs 1 to %s judges, got %s",
                rubric == null ? "grounding judge:" : "a metric",
                MOST_JUDGES,
                by.size());
        require(by.stream().distinct().count() == by.size(), "a judge is named twice; name each once");
        require(rubric == null || !rubric.isBlank(), "rubric: needs a path");
        require(
                rubric == null ? scale == null && against == null : (scale == null) != (against == null),
                "a judge with a rubric needs a scale or a model to compare with, and one without a rubric has neither");
        require(
                requestsPerMinute == null || (requestsPerMinute >= 1 && requestsPerMinute <= 100_000),
                "requestsPerMinute: must be from 1 to 100000, got %s",
                requestsPerMinute);
        require(
                concurrency >= 1 && concurrency <= MOST_CONCURRENT,
                "concurrency: must be from 1 to %s, got %s",
                MOST_CONCURRENT,
                concurrency);
        require(
                unmeasured >= 0 && unmeasured < 1,
                "unmeasured: must be from 0 to below 100.percent, got %s",
                unmeasured);
        require(
                budget.cost() == null || by.stream().allMatch(judge -> judge.endpoint() != null),
                "cost: is about the prices of an endpoint; a model of the engine has none, so declare tokens:");
    }

    /** The judges of the sentences of answers, for {@code grounding}. */
    public static JudgeSpec ofSentences(
            List<GenerateSpec.Teacher> by,
            GenerateSpec.Budget budget,
            @Nullable String labels,
            @Nullable Integer requestsPerMinute,
            int concurrency,
            double unmeasured) {
        return new JudgeSpec(
                by, null, null, null, budget, labels, requestsPerMinute, concurrency, unmeasured, null, null);
    }

    /** Whether the judges say if a context supports a sentence, instead of rating answers by a rubric. */
    public boolean judgesSentences() {
        return rubric == null;
    }

    /** The same with the contents of the files. */
    public JudgeSpec with(@Nullable String rubricContent, @Nullable String labelsContent) {
        return new JudgeSpec(
                by,
                rubric,
                scale,
                against,
                budget,
                labels,
                requestsPerMinute,
                concurrency,
                unmeasured,
                rubricContent,
                labelsContent);
    }

    /** The same with another budget. */
    public JudgeSpec within(GenerateSpec.Budget other) {
        return new JudgeSpec(
                by,
                rubric,
                scale,
                against,
                other,
                labels,
                requestsPerMinute,
                concurrency,
                unmeasured,
                rubricText,
                labelsText);
    }
}
