package dev.septet.activities.evaluate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.evaluate.benchmark.Benchmark;
import dev.septet.activities.evaluate.benchmark.BenchmarkMeasure;
import dev.septet.activities.evaluate.benchmark.BenchmarkResponse;
import dev.septet.activities.evaluate.benchmark.BenchmarkTask;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.Measurement;
import dev.septet.activities.evaluate.gate.ScoredRows;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.deploy.FormExamPart;
import dev.septet.dsl.pipeline.evaluate.BenchmarkSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.workflows.RunRef;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks the base model and the tuned model the benchmarks of a pipeline file, and judges one metric of each.
 *
 * @param benchmarks in the order of the pipeline file
 */
public record BenchmarkRuns(EvaluateSpec spec, long seed, Candidate base, Candidate tuned, List<Benchmark> benchmarks) {
    /**
     * Reads the task files of a pipeline file, with their rows.
     *
     * @throws StageProblem naming file, line and setting that cannot be used
     */
    public static List<Benchmark> read(PipelineFiles files, RunRef run, EvaluateSpec spec) throws IOException {
        List<Benchmark> benchmarks = new ArrayList<>();
        for (BenchmarkSpec one : spec.benchmarks()) {
            Benchmark read = Benchmark.read(one, path -> files.read(run, path));
            String title = read.title(read.gated());
            for (Benchmark other : benchmarks) {
                if (other.title(other.gated()).equals(title)) {
                    throw StageProblem.invalid(
                            "benchmark '%s': has the task and the metric of '%s'; remove one, or name another `metric:`"
                                    .formatted(one.file(), other.spec().file()));
                }
            }
            benchmarks.add(read);
        }
        return benchmarks;
    }

    /** Digest of the files that the benchmarks read, for keys; null without benchmarks. */
    public static @Nullable String digest(PipelineFiles files, RunRef run, EvaluateSpec spec) throws IOException {
        return digest(read(files, run, spec));
    }

    /** Digest of the files that these benchmarks read, for keys; null without benchmarks. */
    static @Nullable String digest(List<Benchmark> benchmarks) {
        return benchmarks.isEmpty()
                ? null
                : Sha256.of(benchmarks.stream().map(Benchmark::files).collect(Collectors.joining()));
    }

    List<Findings> run(Predictions predictions, Evaluation.Listener listener) throws IOException {
        int total = 2 * benchmarks.stream().mapToInt(one -> one.rows().size()).sum();
        int done = 0;
        List<Findings> findings = new ArrayList<>();
        for (Benchmark benchmark : benchmarks) {
            List<List<BenchmarkResponse>> after = ask(predictions, tuned, benchmark, listener, done, total);
            done += after.size();
            List<List<BenchmarkResponse>> before = ask(predictions, base, benchmark, listener, done, total);
            done += before.size();
            findings.add(judged(benchmark, before, after));
        }
        return findings;
    }

    private static List<List<BenchmarkResponse>> ask(
            Predictions predictions,
            Candidate candidate,
            Benchmark benchmark,
            Evaluation.Listener listener,
            int done,
            int total)
            throws IOException {
        return predictions.responses(
                candidate,
                key(candidate, benchmark),
                benchmark.rows(),
                rows -> listener.report(
                        "asking the %s %s".formatted(candidate.name(), benchmark.name()), done + rows, total));
    }

    /** The key of everything that a model's responses depend on. */
    private static String key(Candidate candidate, Benchmark benchmark) {
        TreeMap<String, String> parts = new TreeMap<>();
        parts.put("revision", StageKey.REVISION);
        parts.put("model", candidate.digest());
        parts.put("adapter", String.valueOf(candidate.adapterDigest()));
        parts.put("precision", SpecDigest.constant(candidate.computed()));
        parts.put("requests", benchmark.requestsDigest());
        return SpecDigest.of(parts);
    }

    private Findings judged(
            Benchmark benchmark, List<List<BenchmarkResponse>> before, List<List<BenchmarkResponse>> after) {
        BenchmarkMeasure gated = benchmark.gated();
        Measurement measured = Measurement.of(
                benchmark.title(gated),
                !gated.higherIsBetter(),
                gated.tallies(benchmark.tasks(), before),
                gated.tallies(benchmark.tasks(), after),
                gated::score,
                new Bootstrap(seed));
        return new Findings(
                benchmark,
                before,
                after,
                Gate.judge(measured, benchmark.spec().above(), benchmark.spec().below(), spec.compare()),
                measured.interval());
    }

    /**
     * Results of a benchmark.
     *
     * @param before the base model's responses to each row
     * @param after the tuned model's
     * @param score of the metric that the gate judges
     * @param interval 95 % interval of its value after training
     */
    record Findings(
            Benchmark benchmark,
            List<List<BenchmarkResponse>> before,
            List<List<BenchmarkResponse>> after,
            Score score,
            Interval interval) {
        /** What the score was computed from. */
        ScoredRows rows() {
            BenchmarkMeasure gated = benchmark.gated();
            return ScoredRows.of(
                    score.metric(),
                    FormExamPart.BENCHMARK.word(),
                    !gated.higherIsBetter(),
                    gated.tallies(benchmark.tasks(), after),
                    gated::score);
        }

        /** All metrics of the file, with lm-evaluation-harness's standard errors. */
        ObjectNode json() {
            ObjectNode node = SpecJson.mapper().createObjectNode();
            node.put("file", benchmark.spec().file());
            node.put("name", benchmark.name());
            node.put("gated", benchmark.gated().title());
            node.put("files", benchmark.files());
            ArrayNode tasks = node.putArray("tasks");
            for (BenchmarkTask task : benchmark.tasks()) {
                tasks.addObject()
                        .put("name", task.name())
                        .put("rows", task.rows().size());
            }
            ArrayNode metrics = node.putArray("metrics");
            for (BenchmarkMeasure measure : benchmark.measures()) {
                double[][] base = measure.tallies(benchmark.tasks(), before);
                double[][] tuned = measure.tallies(benchmark.tasks(), after);
                metrics.addObject()
                        .put("metric", measure.title())
                        .put("higherIsBetter", measure.higherIsBetter())
                        .put("before", measure.score(base))
                        .put("beforeStderr", measure.standardError(base))
                        .put("after", measure.score(tuned))
                        .put("afterStderr", measure.standardError(tuned));
            }
            return node;
        }

        /** Writes a line per row with both models' responses; no file without benchmarks. */
        static void write(Path file, List<Findings> all) throws IOException {
            if (all.isEmpty()) {
                return;
            }
            try (BufferedWriter lines = Files.newBufferedWriter(file)) {
                for (Findings findings : all) {
                    int at = 0;
                    for (BenchmarkTask task : findings.benchmark.tasks()) {
                        for (int row = 0; row < task.rows().size(); row++) {
                            Map<String, Object> line = new LinkedHashMap<>();
                            line.put("benchmark", findings.benchmark.name());
                            line.put("task", task.name());
                            line.put("row", row);
                            line.put("before", findings.before.get(at));
                            line.put("after", findings.after.get(at++));
                            lines.write(SpecJson.mapper().writeValueAsString(line));
                            lines.write('\n');
                        }
                    }
                }
            }
        }
    }
}
