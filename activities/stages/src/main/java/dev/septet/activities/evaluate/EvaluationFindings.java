package dev.septet.activities.evaluate;

import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.McNemar;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Results of an evaluation.
 *
 * @param before the base model's predictions, null when the pipeline has no comparison
 * @param intervals 95 % interval of each score's {@code after}, by metric
 * @param judges what the judges of each metric did
 * @param mcnemar test of exact match, null when it was not compared
 */
record EvaluationFindings(
        Verdict verdict,
        List<Score> scores,
        Map<String, Interval> intervals,
        @Nullable McNemar mcnemar,
        @Nullable List<Prediction> before,
        List<Prediction> after,
        List<JudgeReport> judges) {
    /** The same with other reports of the judges. */
    EvaluationFindings with(List<JudgeReport> reports) {
        return new EvaluationFindings(verdict, scores, intervals, mcnemar, before, after, reports);
    }

    /** Results without judges. */
    EvaluationFindings(
            Verdict verdict,
            List<Score> scores,
            Map<String, Interval> intervals,
            @Nullable McNemar mcnemar,
            @Nullable List<Prediction> before,
            List<Prediction> after) {
        this(verdict, scores, intervals, mcnemar, before, after, List.of());
    }
}
