package dev.septet.activities.resume;

import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.evaluate.BenchmarkRuns;
import dev.septet.activities.evaluate.ExamFiles;
import dev.septet.activities.evaluate.safety.GuardModels;
import dev.septet.activities.evaluate.safety.SafetyChecks;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.guard.GuardPublisher;
import dev.septet.activities.initialize.BaseModel;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.PrepareActivitiesImpl;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.redaction.NameFile;
import dev.septet.activities.prepare.synthetic.SyntheticFiles;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.source.SourceResolver;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.HasOrigin;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageDependency;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.graph.StageNode;
import dev.septet.workflows.prepare.PrepareRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Digests of the files that a pipeline file names, because a file's content may change while its
 * name stays the same.
 */
final class ContentDigests {
    /** Value for a pipeline without a general set. */
    private static final String NONE = "none";

    private ContentDigests() {}

    /** Digests of the present files. */
    static KeyMeasurements present(PipelineFiles files, RunRef run, PipelineSpec spec) throws IOException {
        Path model = BaseModelFiles.ofProcess(files).folder(run, spec.initialize(), progress -> {});
        // The rows of buckets and databases change at any time, so resumed runs keep what they prepared of them.
        boolean filesOnly = spec.prepare().inputs().stream().allMatch(SourceSpec::fixed);
        try (ModelRowEncoder encoder = new ModelRowEncoder(model, spec.prepare().maxTokens())) {
            String general = PrepareActivitiesImpl.generalDigest(files, run, PrepareRequest.general(spec.train()));
            TestFiles tests = TestFiles.of(
                    files,
                    run,
                    spec.prepare().cleaningOrNone(),
                    PrepareRequest.suites(spec.prepare(), spec.evaluate()),
                    PrepareRequest.tests(spec.prepare(), spec.evaluate()));
            KeyMeasurements exam = ExamFiles.measured(
                    KeyMeasurements.NONE,
                    files,
                    run,
                    spec.evaluate(),
                    BenchmarkRuns.digest(files, run, spec.evaluate()),
                    SafetyChecks.digest(
                            files,
                            GuardModels.ofProcess(files),
                            run,
                            spec.evaluate().safety()));
            return exam.with(KeyMeasurement.EXAM_FILES, ExamFiles.ofForms(files, run, spec.formExam(), exam))
                    .with(KeyMeasurement.TEST_FILES, tests == null ? null : tests.digest())
                    .with(
                            KeyMeasurement.SYNTHETIC_FILES,
                            SyntheticFiles.of(files, run, spec.prepare().syntheticOrNone())
                                    .digest())
                    .with(
                            KeyMeasurement.NAME_FILE,
                            NameFile.digestOf(
                                    NameFile.of(files, run, spec.prepare().redact())))
                    .with(
                            KeyMeasurement.DATASET,
                            filesOnly
                                    ? SourceDigest.of(SourceResolver.withoutPipelines(files)
                                                    .resolve(run, spec.prepare()))
                                            .sha256()
                                    : "")
                    .with(KeyMeasurement.TOKENIZER, encoder.digest())
                    .with(KeyMeasurement.BASE_MODEL, BaseModel.open(model).digest())
                    .with(KeyMeasurement.GUARD, GuardPublisher.ofProcess(files).digest(run, spec.deploy()))
                    .with(KeyMeasurement.GENERAL_SET, Objects.requireNonNullElse(general, NONE));
        }
    }

    /**
     * Digests of the files that a run's results were computed from. Unknown digests are taken from
     * {@code current}.
     */
    static KeyMeasurements of(StageResults results, PipelineReport report, KeyMeasurements current) throws IOException {
        KeyMeasurements was = current;
        for (StageNode<?, ?> node : StageGraph.NODES) {
            Optional<StageKey> key = report.of(node.stage()) instanceof HasOrigin result
                    ? results.key(node.stage(), result.origin().key())
                    : Optional.empty();
            for (StageDependency<?> dependency : node.dependencies()) {
                Optional<String> before = key.flatMap(known -> known.value(dependency.group()));
                if (key.isPresent()
                        && dependency instanceof StageDependency.Measured<?> measured
                        && measured.what() == KeyMeasurement.FORGOTTEN_ROWS) {
                    // A key without the list is of a dataset that no row was removed from.
                    was = was.with(measured.what(), before.orElse(null));
                    continue;
                }
                // Rows that are not in files have no digest: results that were computed from them are reused.
                if (before.isPresent()
                        && dependency instanceof StageDependency.Measured<?> measured
                        && !Objects.requireNonNullElse(current.get(measured.what()), "")
                                .isEmpty()) {
                    was = was.with(measured.what(), before.get());
                }
            }
        }
        return was;
    }
}
