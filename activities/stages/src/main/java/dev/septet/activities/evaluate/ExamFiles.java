package dev.septet.activities.evaluate;

import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.evaluate.benchmark.Benchmark;
import dev.septet.activities.evaluate.check.CheckFiles;
import dev.septet.activities.evaluate.cluster.ClusterFiles;
import dev.septet.activities.evaluate.safety.GuardModels;
import dev.septet.activities.evaluate.safety.SafetyChecks;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.graph.KeyMeasurement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The files that an exam reads beside the prepared dataset, and their digests for keys.
 *
 * @param spec with the contents of the files in its metrics
 * @param suite rows of general skills; null without a forgetting budget
 * @param safety null without safety checks
 */
public record ExamFiles(
        EvaluateSpec spec,
        @Nullable Suite suite,
        List<TestSetFile> sets,
        List<Benchmark> benchmarks,
        CheckFiles checks,
        ClusterFiles clusters,
        @Nullable SafetyChecks safety) {
    private static final String NO_SUITE = "none";

    /** The measurements of the files, as the key of the evaluation has them. */
    public static final List<KeyMeasurement> MEASURED = List.of(
            KeyMeasurement.FORGETTING_SUITE,
            KeyMeasurement.METRIC_FILES,
            KeyMeasurement.BENCHMARKS,
            KeyMeasurement.SAFETY,
            KeyMeasurement.TEST_SETS);

    /** The forgetting suite's file, its name in the pipeline, and the sha256 of its bytes. */
    public record Suite(Path file, String name, String digest) {
        EvaluationRows rows() throws IOException {
            return RowSource.suite(file, name, digest);
        }
    }

    public ExamFiles {
        sets = List.copyOf(sets);
        benchmarks = List.copyOf(benchmarks);
    }

    /**
     * Reads the files.
     *
     * @throws dev.septet.activities.attempt.StageProblem naming the file and the line that cannot be used
     */
    public static ExamFiles read(
            PipelineFiles files, GuardModels guards, RunRef run, EvaluateSpec spec, Consumer<Progress> progress)
            throws IOException {
        MetricFiles.Contents metrics = MetricFiles.contents(files, run, spec);
        return new ExamFiles(
                metrics.spec(),
                suite(files, run, spec),
                TestSetFile.of(files, run, spec),
                BenchmarkRuns.read(files, run, spec),
                CheckFiles.of(files, run, spec.checksOrNone()),
                metrics.clusters(),
                SafetyChecks.read(files, guards, run, spec.safety(), progress));
    }

    private static @Nullable Suite suite(PipelineFiles files, RunRef run, EvaluateSpec spec) throws IOException {
        ForgettingSpec forgetting = spec.forgetting();
        if (forgetting == null) {
            return null;
        }
        Path file = files.read(run, forgetting.suite());
        return new Suite(file, forgetting.suite(), RowSource.digest(file));
    }

    /** The named sets, read with this seed of sampled answers. */
    List<TestSet> named(long seed) throws IOException {
        List<TestSet> all = new ArrayList<>();
        for (int at = 0; at < sets.size(); at++) {
            all.add(sets.get(at).with(spec.tests().get(at)).read(spec, seed));
        }
        return all;
    }

    /** The digests for keys of the evaluation. */
    public KeyMeasurements measured(PipelineFiles files, RunRef run, EvaluateSpec written) throws IOException {
        return measured(
                KeyMeasurements.NONE,
                files,
                run,
                written,
                BenchmarkRuns.digest(benchmarks),
                safety == null ? null : safety.digest());
    }

    /**
     * The measurements with the digests of the present files.
     *
     * @param benchmarks digest of the benchmarks' files, which may be large; null without benchmarks
     * @param safety digest of what the safety checks read; null without them
     */
    public static KeyMeasurements measured(
            KeyMeasurements measured,
            PipelineFiles files,
            RunRef run,
            EvaluateSpec spec,
            @Nullable String benchmarks,
            @Nullable String safety)
            throws IOException {
        Suite suite = suite(files, run, spec);
        return measured.with(KeyMeasurement.FORGETTING_SUITE, suite == null ? NO_SUITE : suite.digest())
                .with(KeyMeasurement.METRIC_FILES, MetricFiles.digest(files, run, spec))
                .with(KeyMeasurement.BENCHMARKS, benchmarks)
                .with(KeyMeasurement.SAFETY, safety)
                .with(
                        KeyMeasurement.TEST_SETS,
                        TestSetFile.digest(
                                TestSetFile.of(files, run, spec), CheckFiles.of(files, run, spec.checksOrNone())));
    }

    /**
     * Digest of the files that the exam of quantized forms reads, for keys; null where it reads none.
     *
     * @param exam the evaluation that the forms take; null when they take none
     * @param measured the digests of the evaluation's files
     */
    public static @Nullable String ofForms(
            PipelineFiles files, RunRef run, @Nullable EvaluateSpec exam, KeyMeasurements measured) throws IOException {
        if (exam == null) {
            return null;
        }
        String metrics = measured.get(KeyMeasurement.METRIC_FILES);
        StringBuilder all = new StringBuilder();
        for (TestSetFile set : TestSetFile.of(files, run, exam)) {
            all.append(set.digest()).append('\n');
        }
        add(all, "forgetting", exam.forgetting() == null ? null : measured.get(KeyMeasurement.FORGETTING_SUITE));
        add(all, "benchmarks", measured.get(KeyMeasurement.BENCHMARKS));
        add(all, "checks", CheckFiles.of(files, run, exam.checksOrNone()).digest());
        add(all, "safety", measured.get(KeyMeasurement.SAFETY));
        return metrics == null && all.isEmpty() ? null : Sha256.of("metrics %s\n".formatted(metrics) + all);
    }

    private static void add(StringBuilder all, String part, @Nullable String digest) {
        if (digest != null) {
            all.append(part).append(' ').append(digest).append('\n');
        }
    }
}
