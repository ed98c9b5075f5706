package dev.septet.activities.evaluate;

import dev.septet.activities.evaluate.check.CheckFindings;
import dev.septet.activities.evaluate.cluster.ErrorClusterFindings;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.McNemar;
import dev.septet.activities.evaluate.gate.ScoredRows;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.evaluate.safety.SafetyFindings;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.util.ArrayList;
import java.util.Collection;
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
 * @param rows what scores were computed from, by their names; scores of slices and of data have none
 */
public record EvaluationFindings(
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
        List<JudgeReport> judges,
        Map<String, ScoredRows> rows) {
    /** Without what the scores were computed from. */
    EvaluationFindings(
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
        this(verdict, scores, intervals, mcnemar, before, after, sets, benchmarks, checks, safety, judges, Map.of());
    }

    /** The same with other reports of the judges. */
    EvaluationFindings judged(List<JudgeReport> reports) {
        return new EvaluationFindings(
                verdict, scores, intervals, mcnemar, before, after, sets, benchmarks, checks, safety, reports, rows);
    }

    /** With the results of benchmarks, whose scores the gate judges too. */
    EvaluationFindings with(List<BenchmarkRuns.Findings> measured) {
        Map<String, Interval> ranges = new TreeMap<>();
        measured.forEach(one -> ranges.put(one.score().metric(), one.interval()));
        return and(
                measured.stream().map(BenchmarkRuns.Findings::score).toList(),
                ranges,
                measured.stream().map(BenchmarkRuns.Findings::rows).toList(),
                measured,
                checks,
                safety);
    }

    /** With the findings of more checks, which the verdict also depends on. */
    EvaluationFindings with(CheckFindings found) {
        return and(found.scores(), found.intervals(), found.rows().values(), benchmarks, checks.and(found), safety)
                .judged(Stream.concat(judges.stream(), found.judges().stream()).toList());
    }

    /** With clusters of failed rows, on which the verdict does not depend. */
    EvaluationFindings grouped(ErrorClusterFindings found) {
        return and(List.of(), Map.of(), List.of(), benchmarks, checks.with(found), safety);
    }

    /** With the findings of the safety checks, which the verdict also depends on. */
    EvaluationFindings with(SafetyFindings found) {
        return and(found.scores(), found.intervals(), found.rows(), benchmarks, checks, found);
    }

    private EvaluationFindings and(
            List<Score> moreScores,
            Map<String, Interval> moreIntervals,
            Collection<ScoredRows> moreRows,
            List<BenchmarkRuns.Findings> ofBenchmarks,
            CheckFindings ofChecks,
            @Nullable SafetyFindings ofSafety) {
        List<Score> all = new ArrayList<>(scores);
        all.addAll(moreScores);
        Map<String, Interval> ranges = new TreeMap<>(intervals);
        ranges.putAll(moreIntervals);
        Map<String, ScoredRows> scored = new TreeMap<>(rows);
        moreRows.forEach(each -> scored.put(each.name(), each));
        return new EvaluationFindings(
                Gate.verdict(all),
                all,
                ranges,
                mcnemar,
                before,
                after,
                sets,
                ofBenchmarks,
                ofChecks,
                ofSafety,
                judges,
                scored);
    }
}
