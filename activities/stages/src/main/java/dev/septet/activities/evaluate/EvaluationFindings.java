package dev.septet.activities.evaluate;

import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.McNemar;
import dev.septet.activities.evaluate.safety.SafetyFindings;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Results of an evaluation.
 *
 * @param before the base model's predictions, null when the pipeline has no comparison
 * @param intervals 95 % interval of each score's {@code after}, by metric
 * @param mcnemar test of exact match, null when it was not compared
 * @param safety what the safety checks found; null without them
 */
record EvaluationFindings(
        Verdict verdict,
        List<Score> scores,
        Map<String, Interval> intervals,
        @Nullable McNemar mcnemar,
        @Nullable List<Prediction> before,
        List<Prediction> after,
        @Nullable SafetyFindings safety) {
    /** Without safety checks. */
    EvaluationFindings(
            Verdict verdict,
            List<Score> scores,
            Map<String, Interval> intervals,
            @Nullable McNemar mcnemar,
            @Nullable List<Prediction> before,
            List<Prediction> after) {
        this(verdict, scores, intervals, mcnemar, before, after, null);
    }

    /** The same findings and those of the safety checks; the verdict is the worst of all scores. */
    EvaluationFindings with(SafetyFindings found) {
        List<Score> all = new ArrayList<>(scores);
        all.addAll(found.scores());
        Map<String, Interval> ranges = new TreeMap<>(intervals);
        ranges.putAll(found.intervals());
        return new EvaluationFindings(Gate.verdict(all), all, ranges, mcnemar, before, after, found);
    }
}
