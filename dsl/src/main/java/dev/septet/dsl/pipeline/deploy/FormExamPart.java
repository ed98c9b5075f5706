package dev.septet.dsl.pipeline.deploy;

import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A part of the evaluation that the exam of quantized forms has beside metrics and scores. The order is that of the reports.
 * The words are persisted in {@code forms.json} and in stage keys.
 */
public enum FormExamPart {
    /** The comparison with the base model. */
    BASELINE("compare baseline", false),
    /** The comparison with the deployed model. */
    CHAMPION("compare champion", false),
    /** Metrics whose answers a model judges. */
    JUDGES("judges", false),
    /** The loss on the suite of general skills. */
    FORGETTING("forgetting", true),
    /** Benchmarks in task files. */
    BENCHMARK("benchmark", true),
    /** Answers with swapped terms. */
    FAIRNESS("fairness", true),
    /** Sentences that the context supports. */
    GROUNDING("grounding", true),
    /** Questions without an answer. */
    UNANSWERABLE("unanswerable", true),
    /** Guard, refusals, rules and jailbreaks. */
    SAFETY("safety", true);

    private final String word;
    private final boolean hasMargin;

    FormExamPart(String word, boolean hasMargin) {
        this.word = word;
        this.hasMargin = hasMargin;
    }

    /** The part in words of the pipeline file. */
    public String word() {
        return word;
    }

    /** Whether {@code exam on:} may name the part; the margins of the others are those of their metrics. */
    boolean hasMargin() {
        return hasMargin;
    }

    /** Whether a word names a part that {@code exam on:} may name. */
    public static boolean hasMargin(String word) {
        return Arrays.stream(values()).anyMatch(part -> part.hasMargin && part.word.equals(word));
    }

    /** The parts that an evaluation has. */
    public static List<FormExamPart> of(EvaluateSpec evaluate) {
        return Arrays.stream(values()).filter(part -> part.in(evaluate)).toList();
    }

    /**
     * The words of the parts that an evaluation has, for keys; null where it has none, so that the keys of such files stay
     * as they were.
     */
    public static @Nullable String words(@Nullable EvaluateSpec evaluate) {
        List<String> words = evaluate == null
                ? List.of()
                : of(evaluate).stream().map(FormExamPart::word).toList();
        return words.isEmpty() ? null : String.join(", ", words);
    }

    private boolean in(EvaluateSpec evaluate) {
        ExamChecksSpec checks = evaluate.checksOrNone();
        return switch (this) {
            case BASELINE -> sets(evaluate).anyMatch(set -> set.compare() != null);
            case CHAMPION -> sets(evaluate).anyMatch(set -> set.champion() != null);
            case JUDGES ->
                (checks.grounding() != null && checks.grounding().judge() != null)
                        || sets(evaluate)
                                .flatMap(set -> set.metrics().stream())
                                .anyMatch(metric -> judge(metric) != null);
            case FORGETTING -> evaluate.forgetting() != null;
            case BENCHMARK -> !evaluate.benchmarks().isEmpty();
            case FAIRNESS -> checks.fairness() != null;
            case GROUNDING -> checks.grounding() != null;
            case UNANSWERABLE -> checks.unanswerable() != null;
            case SAFETY -> evaluate.safety() != null;
        };
    }

    private static @Nullable JudgeSpec judge(MetricSpec metric) {
        MetricArguments arguments = metric.arguments();
        return arguments == null ? null : arguments.judge();
    }

    /** What is measured on the test split, then on each named set. */
    static Stream<EvaluateSpec> sets(EvaluateSpec evaluate) {
        return Stream.concat(Stream.of(evaluate), evaluate.tests().stream().map(evaluate::of));
    }
}
