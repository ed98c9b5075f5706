package dev.septet.activities.evaluate;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.evaluate.benchmark.Benchmark;
import dev.septet.activities.evaluate.benchmark.BenchmarkMeasure;
import dev.septet.activities.evaluate.benchmark.BenchmarkResponse;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.gate.Measurement;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.evaluate.BenchmarkSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
        return spec.benchmarks().isEmpty()
                ? null
                : Sha256.of(
                        read(files, run, spec).stream().map(Benchmark::files).collect(Collectors.joining()));
    }

    List<BenchmarkFindings> run(Predictions predictions, Evaluation.Listener listener) throws IOException {
        int total = 2 * benchmarks.stream().mapToInt(one -> one.rows().size()).sum();
        int done = 0;
        List<BenchmarkFindings> findings = new ArrayList<>();
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

    private BenchmarkFindings judged(
            Benchmark benchmark, List<List<BenchmarkResponse>> before, List<List<BenchmarkResponse>> after) {
        BenchmarkMeasure gated = benchmark.gated();
        Measurement measured = Measurement.of(
                benchmark.title(gated),
                !gated.higherIsBetter(),
                gated.tallies(benchmark.tasks(), before),
                gated.tallies(benchmark.tasks(), after),
                gated::score,
                new Bootstrap(seed));
        return new BenchmarkFindings(
                benchmark,
                before,
                after,
                Gate.judge(measured, benchmark.spec().above(), benchmark.spec().below(), spec.compare()),
                measured.interval());
    }
}
