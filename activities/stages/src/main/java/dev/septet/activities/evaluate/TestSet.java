package dev.septet.activities.evaluate;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.McNemar;
import dev.septet.activities.evaluate.gate.Measurement;
import dev.septet.activities.evaluate.gate.ScoredRows;
import dev.septet.activities.evaluate.gate.SliceTable;
import dev.septet.activities.evaluate.metric.ExpressionScore;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.workflows.artifact.Score;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A set of rows and what is measured on it: the test split, or a named set.
 *
 * @param name empty for the test split
 * @param source the file of a named set, as the pipeline file names it; empty for the test split
 * @param spec the metrics, scores, comparisons and slices of these rows
 */
public record TestSet(String name, String source, EvaluateSpec spec, EvaluationRows rows) {
    /** The test split of the prepared dataset. */
    public static TestSet split(EvaluateSpec spec, EvaluationRows rows) {
        return new TestSet("", "", spec, rows);
    }

    /**
     * What was measured on a set.
     *
     * @param set name of the set; empty for the test split
     * @param scores in the order of the pipeline file; slices come last
     * @param intervals 95 % interval of each score's {@code after}, by metric
     * @param mcnemar test of exact match, null when it was not compared
     * @param before the base model's predictions, null when nothing compares with it
     * @param answers of all models that answered, also of those that only a metric compares with
     */
    record Findings(
            String set,
            List<Score> scores,
            Map<String, Interval> intervals,
            @Nullable McNemar mcnemar,
            List<SliceTable> slices,
            @Nullable List<Prediction> before,
            List<Prediction> after,
            JudgedAnswers answers) {
        /** Writes one line per row: its place in the source, the prompt, the reference, and each model's prediction. */
        void write(Path file, EvaluationRows rows) throws IOException {
            try (BufferedWriter lines = Files.newBufferedWriter(file)) {
                for (int at = 0; at < rows.rows().size(); at++) {
                    lines.write(SpecJson.mapper()
                            .writeValueAsString(line(at, rows.rows().get(at))));
                    lines.write('\n');
                }
            }
        }

        private Map<String, Object> line(int at, Row row) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("row", at);
            line.put("source", row.place().toString());
            line.put("prompt", row.promptText());
            line.put("reference", Prediction.reference(row));
            List<Prediction> base = answers.before();
            List<Prediction> deployed = answers.deployed();
            if (base != null) {
                line.put("before", base.get(at));
            }
            line.put("after", after.get(at));
            if (deployed != null) {
                line.put("deployed", deployed.get(at));
            }
            return line;
        }
    }

    /**
     * Measures everything.
     *
     * @param answers of all models, after the judges
     * @param other name of the deployed model in a sentence
     */
    Findings measure(JudgedAnswers answers, String other, Bootstrap bootstrap) {
        List<Prediction> after = answers.after();
        // A metric may have compared with the base model although the gate does not.
        List<Prediction> before = spec.compare() == null ? null : answers.before();
        List<Prediction> deployed = answers.deployed();
        List<Outcome> tuned = rows.outcomes(after);
        List<Outcome> base = before == null ? null : rows.outcomes(before);
        List<Score> scores = new ArrayList<>();
        Map<String, Interval> intervals = new TreeMap<>();
        McNemar mcnemar = null;
        for (MetricSpec metric : spec.metrics()) {
            boolean pairs = metric.comparesModels(); // itself a comparison, so the base model has no score of its own
            Measurement measured = Measurement.of(Metrics.of(metric), pairs ? null : base, tuned, bootstrap)
                    .on(name);
            scores.add(Gate.judge(measured, metric, pairs ? null : spec.compare()));
            intervals.put(measured.metric(), measured.interval());
            if (metric.name().equals("exactMatch") && base != null) {
                mcnemar = McNemar.of(Metrics.named("exactMatch"), base, tuned);
            }
        }
        for (ScoreSpec score : spec.scores()) {
            Measurement measured = Evaluation.own(score, base, tuned, bootstrap).on(name);
            scores.add(Gate.judge(measured, score.above(), score.below(), spec.compare()));
            intervals.put(measured.metric(), measured.interval());
        }
        CompareSpec comparison = spec.champion();
        if (comparison != null && deployed != null) {
            ChampionComparison against = new ChampionComparison(spec, other, rows.outcomes(deployed), tuned, bootstrap);
            for (Measurement each : against.measurements()) {
                Measurement measured = each.on(name);
                Score score = Gate.against(measured, against.name(), comparison);
                scores.add(score);
                intervals.put(score.metric(), measured.interval());
            }
        }
        List<SliceTable> tables = slices(base, tuned, bootstrap);
        for (SliceTable table : tables) {
            table.judge(name).ifPresent(scores::add);
        }
        return new Findings(name, scores, intervals, mcnemar, tables, before, after, answers);
    }

    /** What the metrics and scores of these findings were computed from. */
    List<ScoredRows> scored(Findings findings) {
        List<Outcome> outcomes = rows.outcomes(findings.after());
        List<ScoredRows> all = new ArrayList<>();
        for (MetricSpec metric : spec.metrics()) {
            all.add(ScoredRows.of(Gate.on(metric.name(), name), metric.name(), Metrics.of(metric), outcomes));
        }
        for (ScoreSpec score : spec.scores()) {
            all.add(ScoredRows.of(Gate.on(score.name(), name), score.name(), new ExpressionScore(score), outcomes));
        }
        return all;
    }

    private List<SliceTable> slices(@Nullable List<Outcome> base, List<Outcome> tuned, Bootstrap bootstrap) {
        List<SliceTable> tables = new ArrayList<>();
        for (SliceSpec slice : spec.slices()) {
            List<String> names = Slices.names(slice, rows);
            for (MetricSpec metric : spec.metrics()) {
                List<Outcome> other = metric.comparesModels() ? null : base;
                tables.add(SliceTable.of(Metrics.of(metric), slice, names, other, tuned, bootstrap));
            }
            for (ScoreSpec score : spec.scores()) {
                tables.add(SliceTable.of(new ExpressionScore(score), slice, names, base, tuned, bootstrap));
            }
        }
        return tables;
    }
}
