package dev.septet.activities.evaluate;

import dev.septet.activities.evaluate.check.CheckFindings;
import dev.septet.activities.evaluate.cluster.ErrorClusterFindings;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.McNemar;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.evaluate.safety.SafetyFindings;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Results of an evaluation.
 *
 * @param scores of all sets of rows, and the forgetting budget
 * @param before the base model's predictions, null when the pipeline has no comparison
 * @param intervals 95 % interval of each score's {@code after}, by metric
 * @param mcnemar test of exact match, null when it was not compared
 * @param sets the findings on each set of rows; the test split is the first
 * @param benchmarks results of the benchmarks in task files
 * @param checks the findings of the checks; their scores and intervals are also in {@code scores} and {@code intervals}
 * @param safety what the safety checks found; null without them
 * @param judges what the judges of each metric did, on each set of rows, and then those of checks
 */
record EvaluationFindings(
        Verdict verdict,
        List<Score> scores,
        Map<String, Interval> intervals,
        @Nullable McNemar mcnemar,
        @Nullable List<Prediction> before,
        List<Prediction> after,
        List<TestSet.Findings> sets,
        List<BenchmarkRuns.Findings> benchmarks,
        CheckFindings checks,
        @Nullable SafetyFindings safety,
        List<JudgeReport> judges) {
    /** The same with other reports of the judges. */
    EvaluationFindings judged(List<JudgeReport> reports) {
        return new EvaluationFindings(
                verdict, scores, intervals, mcnemar, before, after, sets, benchmarks, checks, safety, reports);
    }

    /** With the results of benchmarks, whose scores the gate judges too. */
    EvaluationFindings with(List<BenchmarkRuns.Findings> measured) {
        List<Score> all = new ArrayList<>(scores);
        Map<String, Interval> ranges = new TreeMap<>(intervals);
        for (BenchmarkRuns.Findings one : measured) {
            all.add(one.score());
            ranges.put(one.score().metric(), one.interval());
        }
        return new EvaluationFindings(
                Gate.verdict(all), all, ranges, mcnemar, before, after, sets, measured, checks, safety, judges);
    }

    /** With the findings of more checks, which the verdict also depends on. */
    EvaluationFindings with(CheckFindings found) {
        List<Score> all = and(found.scores());
        return new EvaluationFindings(
                Gate.verdict(all),
                all,
                and(found.intervals()),
                mcnemar,
                before,
                after,
                sets,
                benchmarks,
                checks.and(found),
                safety,
                Stream.concat(judges.stream(), found.judges().stream()).toList());
    }

    /** With clusters of failed rows, on which the verdict does not depend. */
    EvaluationFindings grouped(ErrorClusterFindings found) {
        return new EvaluationFindings(
                verdict,
                scores,
                intervals,
                mcnemar,
                before,
                after,
                sets,
                benchmarks,
                checks.with(found),
                safety,
                judges);
    }

    /** With the findings of the safety checks, which the verdict also depends on. */
    EvaluationFindings with(SafetyFindings found) {
        List<Score> all = and(found.scores());
        return new EvaluationFindings(
                Gate.verdict(all),
                all,
                and(found.intervals()),
                mcnemar,
                before,
                after,
                sets,
                benchmarks,
                checks,
                found,
                judges);
    }

    private List<Score> and(List<Score> more) {
        List<Score> all = new ArrayList<>(scores);
        all.addAll(more);
        return all;
    }

    private Map<String, Interval> and(Map<String, Interval> more) {
        Map<String, Interval> all = new TreeMap<>(intervals);
        all.putAll(more);
        return all;
    }
}
