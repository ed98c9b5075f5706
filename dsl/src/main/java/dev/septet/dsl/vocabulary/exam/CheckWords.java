package dev.septet.dsl.vocabulary.exam;

import dev.septet.dsl.pipeline.evaluate.ContaminationSpec;
import dev.septet.dsl.pipeline.evaluate.ErrorClustersSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.FairnessSpec;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.UnanswerableSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The declared checks of the exam. */
public final class CheckWords {
    private @Nullable ContaminationSpec contamination;
    private @Nullable FairnessSpec fairness;
    private @Nullable GroundingSpec grounding;
    private @Nullable UnanswerableSpec unanswerable;
    private @Nullable ErrorClustersSpec errorClusters;

    /** Sets the search of the exam's rows in the training rows. */
    public void contamination(@Nullable Percent maxOverlap, @Nullable Double maxMembership, @Nullable Integer ngram) {
        contamination = new ContaminationSpec(fraction(maxOverlap), maxMembership, ngram);
    }

    /** Sets the questions with swapped terms. */
    public void fairness(
            @Nullable String file,
            @Nullable Percent maxFlip,
            @Nullable Percent maxGap,
            @Nullable Map<String, String> pairs) {
        fairness = new FairnessSpec(pairs == null ? Map.of() : pairs, file, fraction(maxFlip), fraction(maxGap));
    }

    /** Sets the comparison of answers with their contexts. */
    public void grounding(GroundingSpec spec) {
        grounding = spec;
    }

    /**
     * The judges of the sentences of answers; null for none.
     *
     * @throws Refusal naming the option that says something of judges, where there are none
     */
    public static @Nullable JudgeSpec judges(
            @Nullable List<GenerateSpec.Teacher> judge,
            @Nullable Long tokens,
            @Nullable Double cost,
            @Nullable String labels,
            @Nullable Integer requestsPerMinute,
            @Nullable Integer concurrency,
            @Nullable Percent unmeasured) {
        if (judge == null) {
            refuse("tokens:", tokens);
            refuse("cost:", cost);
            refuse("labels:", labels);
            refuse("requestsPerMinute:", requestsPerMinute);
            refuse("concurrency:", concurrency);
            refuse("unmeasured:", unmeasured);
            return null;
        }
        return JudgeSpec.ofSentences(
                judge,
                new GenerateSpec.Budget(tokens, cost, GenerateSpec.Budget.End.STOP),
                labels,
                requestsPerMinute,
                concurrency == null ? JudgeSpec.DEFAULT_CONCURRENCY : concurrency,
                unmeasured == null ? JudgeSpec.DEFAULT_UNMEASURED : unmeasured.fraction());
    }

    private static void refuse(String option, @Nullable Object value) {
        if (value != null) {
            throw new Refusal(
                    "%s is about the judge of grounding, but none is named".formatted(option),
                    "Add `judge: model('models/judge')`, or remove `%s`.".formatted(option));
        }
    }

    /** Sets the questions that have no answer. */
    public void unanswerable(String file, @Nullable Percent minAbstain, @Nullable List<String> phrases) {
        unanswerable = new UnanswerableSpec(file, fraction(minAbstain), phrases == null ? List.of() : phrases);
    }

    /** Sets the search for groups of failed rows. */
    public void errorClusters(ErrorClustersSpec spec) {
        errorClusters = spec;
    }

    /** What the file declares; null for no checks. */
    public @Nullable ExamChecksSpec spec() {
        ExamChecksSpec checks = new ExamChecksSpec(contamination, fairness, grounding, unanswerable, errorClusters);
        return checks.equals(ExamChecksSpec.NONE) ? null : checks;
    }

    /** The share as a fraction; null for none. */
    public static @Nullable Double fraction(@Nullable Percent share) {
        return share == null ? null : share.fraction();
    }
}
