package dev.septet.activities.evaluate.check;

import dev.septet.activities.evaluate.cluster.ErrorClusterFindings;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.ScoredRows;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.evaluate.report.FactSection;
import dev.septet.workflows.artifact.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the checks found.
 *
 * @param scores for the gate
 * @param intervals 95 % interval of each score, by its name
 * @param details for {@code results.json}, by the word of the check
 * @param sections for the report
 * @param clusters of failed rows; null where none were searched
 * @param judges what the judges of a check did
 * @param rows what scores were computed from, by their names; scores of the data have none
 */
public record CheckFindings(
        List<Score> scores,
        Map<String, Interval> intervals,
        Map<String, Object> details,
        List<FactSection> sections,
        @Nullable ErrorClusterFindings clusters,
        List<JudgeReport> judges,
        Map<String, ScoredRows> rows) {
    /** Without checks. */
    public static final CheckFindings NONE = new CheckFindings(List.of(), Map.of(), Map.of(), List.of());

    public CheckFindings {
        scores = List.copyOf(scores);
        intervals = Map.copyOf(intervals);
        details = Map.copyOf(details);
        sections = List.copyOf(sections);
        judges = List.copyOf(judges);
        rows = Map.copyOf(rows);
    }

    /** Without a search for clusters, without judges and without rows. */
    public CheckFindings(
            List<Score> scores,
            Map<String, Interval> intervals,
            Map<String, Object> details,
            List<FactSection> sections) {
        this(scores, intervals, details, sections, null, List.of(), Map.of());
    }

    /** The same findings with what their scores were computed from. */
    CheckFindings of(List<ScoredRows> scored) {
        Map<String, ScoredRows> all = new TreeMap<>(rows);
        scored.forEach(each -> all.put(each.name(), each));
        return new CheckFindings(scores, intervals, details, sections, clusters, judges, all);
    }

    /** The same findings with clusters of failed rows. */
    public CheckFindings with(ErrorClusterFindings found) {
        return and(new CheckFindings(
                List.of(), Map.of(), Map.of("errorClusters", found.clusters()), List.of(), found, List.of(), Map.of()));
    }

    /** The same findings with other reports of the judges. */
    public CheckFindings judged(List<JudgeReport> reports) {
        return new CheckFindings(scores, intervals, details, sections, clusters, reports, rows);
    }

    /** The findings of both. */
    public CheckFindings and(CheckFindings other) {
        List<Score> allScores = new ArrayList<>(scores);
        allScores.addAll(other.scores);
        Map<String, Interval> allIntervals = new TreeMap<>(intervals);
        allIntervals.putAll(other.intervals);
        Map<String, Object> allDetails = new TreeMap<>(details);
        allDetails.putAll(other.details);
        List<FactSection> allSections = new ArrayList<>(sections);
        allSections.addAll(other.sections);
        List<JudgeReport> allJudges = new ArrayList<>(judges);
        allJudges.addAll(other.judges);
        Map<String, ScoredRows> allRows = new TreeMap<>(rows);
        allRows.putAll(other.rows);
        return new CheckFindings(
                allScores,
                allIntervals,
                allDetails,
                allSections,
                other.clusters == null ? clusters : other.clusters,
                allJudges,
                allRows);
    }
}
