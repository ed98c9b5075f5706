package dev.septet.activities.prepare;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.lineage.RowMatches;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.redaction.NameFile;
import dev.septet.activities.prepare.shard.ShardPlan;
import dev.septet.activities.prepare.synthetic.SyntheticFiles;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.source.DatasetSource;
import dev.septet.activities.source.RemoteSources;
import dev.septet.activities.source.ReviewedFile;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.SourceRows;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.retrain.Retraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what the preparation of a request needs, on the worker. */
final class PrepareReader {
    private static final int MEGABYTE = 1_000_000;

    private final ArtifactStore store;
    private final PipelineFiles files;
    private final BaseModelFiles models;
    private final ReviewedFile reviewed;
    private final Map<String, String> environment;

    PrepareReader(
            ArtifactStore store,
            PipelineFiles files,
            BaseModelFiles models,
            ReviewedFile reviewed,
            Map<String, String> environment) {
        this.store = store;
        this.files = files;
        this.models = models;
        this.reviewed = reviewed;
        this.environment = environment;
    }

    /**
     * What a preparation reads.
     *
     * @param model folder of the base model
     * @param tests the test files of {@code decontaminate}; null without it
     * @param names the file of {@code redact names:}; null without it
     */
    record Inputs(
            SourceSet sources,
            SourceDigest digest,
            Path model,
            Additions additions,
            @Nullable TestFiles tests,
            ForgottenRows forgotten,
            SyntheticFiles synthetic,
            @Nullable NameFile names) {}

    /** The inputs of a request, whose sources are read whole. */
    Inputs read(PrepareRequest request, Attempt attempt) throws IOException {
        SourceSet sources = resolver(request, attempt).resolve(request.run(), request.spec());
        Path model = model(request, attempt);
        checkObjective(request, sources, attempt);
        SourceDigest digest = SourceDigest.of(sources);
        pins(request, attempt).check(sources, digest);
        return inputs(request, sources, digest, model, attempt);
    }

    /** The inputs of a request whose sources have a known digest. */
    Inputs inputs(PrepareRequest request, SourceSet sources, SourceDigest digest, Path model, Attempt attempt)
            throws IOException {
        return new Inputs(
                sources,
                digest,
                model,
                additions(request, attempt),
                tests(request),
                ForgottenRows.of(store, request.run().pipeline()),
                SyntheticFiles.of(files, request.run(), request.spec().syntheticOrNone()),
                names(request));
    }

    /** The file of {@code redact names:}; null without it. */
    @Nullable
    NameFile names(PrepareRequest request) throws IOException {
        return NameFile.of(files, request.run(), request.spec().redact());
    }

    /** The key of the result. */
    StageKey key(PrepareRequest request, Inputs inputs, ModelRowEncoder encoder) throws IOException {
        TestFiles tests = inputs.tests();
        KeyMeasurements measured = KeyMeasurements.NONE
                .with(KeyMeasurement.DATASET, inputs.digest().sha256())
                .with(KeyMeasurement.TOKENIZER, encoder.digest())
                .with(
                        KeyMeasurement.GENERAL_SET,
                        PrepareActivitiesImpl.generalDigest(files, request.run(), request.general()))
                .with(KeyMeasurement.REVIEWED_ROWS, inputs.additions().reviewed())
                .with(KeyMeasurement.TEST_FILES, tests == null ? null : tests.digest())
                .with(KeyMeasurement.FORGOTTEN_ROWS, inputs.forgotten().sha256())
                .with(KeyMeasurement.SYNTHETIC_FILES, inputs.synthetic().digest())
                .with(KeyMeasurement.NAME_FILE, NameFile.digestOf(inputs.names()));
        return StageKey.of(StageGraph.PREPARE, request, measured);
    }

    /**
     * The sources of a request, with stand-ins for those that are not read.
     *
     * @param plan has the names of their files
     */
    SourceSet sources(PrepareRequest request, ShardPlan plan, IntPredicate reads, Attempt attempt) throws IOException {
        SourceResolver resolver = resolver(request, attempt);
        List<DatasetSource> sources = new ArrayList<>();
        List<SourceSpec> inputs = request.spec().inputs();
        Path none = store.scratch(attempt.fence()).resolve("unread.jsonl");
        Files.createFile(none);
        for (int source = 0; source < inputs.size(); source++) {
            int number = source;
            sources.add(
                    reads.test(source)
                            ? resolver.resolve(request.run(), inputs.get(source))
                            : new DatasetSource(
                                    inputs.get(source),
                                    plan.files().stream()
                                            .filter(file -> file.source() == number)
                                            .map(file -> new SourceFile(none, file.name()))
                                            .toList(),
                                    plan.sources().get(source).commit()));
        }
        return SourceSet.of(request.spec(), sources);
    }

    private SourceResolver resolver(PrepareRequest request, Attempt attempt) throws IOException {
        SourcePins pins = pins(request, attempt);
        return new SourceResolver(
                        files,
                        source -> prepared(source, request, attempt),
                        (done, total) -> attempt.heartbeats()
                                .reportAndCheck(Progress.of("fetching", done / MEGABYTE, total / MEGABYTE, "MB")))
                .with(RemoteSources.into(
                                store.scratch(attempt.fence()),
                                environment,
                                reviewed,
                                pipeline -> pins.reviewed(
                                        pipeline, reviewed.rows(pipeline, -1).size()))
                        .reporting(
                                rows -> attempt.heartbeats().reportAndCheck(Progress.of("querying", rows, 0, "rows"))));
    }

    /** All activities of a run share its pins. */
    private SourcePins pins(PrepareRequest request, Attempt attempt) {
        return new SourcePins(store, attempt.fence(), request.run().runId() + "/prepare");
    }

    /** The folder of the base model, whose context is long enough. */
    Path model(PrepareRequest request, Attempt attempt) throws IOException {
        Path model = models.folder(request.run(), request.model(), attempt.heartbeats()::reportAndCheck);
        ContextLimit.check(model, request.spec().maxTokens());
        return model;
    }

    private static void checkObjective(PrepareRequest request, SourceSet sources, Attempt attempt) throws IOException {
        attempt.heartbeats().reportAndCheck(Progress.of("reading", 0, 0, "rows"));
        String formats = ObjectiveCheck.check(request.spec(), sources, request.objective()).stream()
                .map(format -> format.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" and "));
        attempt.heartbeats().reportAndCheck(Progress.of("reading %s rows".formatted(formats), 0, 0, "rows"));
    }

    /** The test files of {@code decontaminate}; null without it. */
    @Nullable
    TestFiles tests(PrepareRequest request) throws IOException {
        return TestFiles.of(files, request.run(), request.spec().cleaningOrNone(), request.suites(), request.tests());
    }

    /** The rows of another pipeline in one file. */
    private SourceFile prepared(SourceSpec source, PrepareRequest request, Attempt attempt) throws IOException {
        DatasetRef rows = request.rows();
        for (SourceRows of : request.sourceRows()) {
            rows = of.pipeline().equals(source.pipeline()) ? of.dataset() : rows;
        }
        if (rows == null) {
            throw StageProblem.invalid("prepare: %s are not in the request; start the pipeline, not its stage alone"
                    .formatted(source.name()));
        }
        Path all = store.scratch(attempt.fence()).resolve("rows.jsonl");
        SplitFiles.join(store.fetch(rows.artifact()), all);
        return new SourceFile(all, source.name());
    }

    /**
     * Additional rows of a retraining.
     *
     * @param reviewed digest of the reviewed rows, null without any
     * @param rows number of reviewed rows
     */
    record Additions(AddedRows mix, @Nullable String reviewed, long rows) {}

    private Additions additions(PrepareRequest request, Attempt attempt) throws IOException {
        String path = request.general();
        SourceFile general = path == null ? null : new SourceFile(files.read(request.run(), path), path);
        Retraining retraining = request.retraining();
        // `replay:` has no effect: training starts from the base model, which has seen none of the earlier rows.
        // Leaving some out would lose what they teach.
        List<String> rows = retraining == null || !request.readsReviewedRows()
                ? List.of()
                : reviewed.rows(request.run().pipeline(), retraining.reviewed());
        if (rows.isEmpty()) {
            return new Additions(new AddedRows(null, general), null, 0);
        }
        Path file = store.scratch(attempt.fence()).resolve("reviewed.jsonl");
        Files.write(file, rows);
        return new Additions(
                new AddedRows(new SourceFile(file, RowMatches.REVIEWED), general),
                SourceDigest.of(file).sha256(),
                rows.size());
    }
}
