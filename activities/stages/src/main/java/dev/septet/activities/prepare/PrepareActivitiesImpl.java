package dev.septet.activities.prepare;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.lineage.DatasetReaders;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.lineage.RowDigests;
import dev.septet.activities.lineage.RowMatches;
import dev.septet.activities.lineage.RowTracing;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.generate.RequestClock;
import dev.septet.activities.prepare.generate.Teachers;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.activities.prepare.synthetic.SyntheticFiles;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.source.RemoteSources;
import dev.septet.activities.source.ReviewedFile;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.SourceRows;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.prepare.PrepareActivities;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.retrain.Retraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The prepare stage on a worker. */
public final class PrepareActivitiesImpl implements PrepareActivities {
    /**
     * Seed of the split. It is not configurable: two runs that differ in anything else are
     * evaluated on the same rows.
     */
    public static final long SPLIT_SEED = 1;

    private static final int MEGABYTE = 1_000_000;

    private final ArtifactStore store;
    private final PipelineFiles files;
    private final BaseModelFiles models;
    private final ReviewedFile reviewed;
    private final Map<String, String> environment;

    public PrepareActivitiesImpl(
            ArtifactStore store, PipelineFiles files, BaseModelFiles models, ReviewedFile reviewed) {
        this(store, files, models, reviewed, System.getenv());
    }

    /**
     * @param environment of the worker, with the operator's file and the credentials that it names
     */
    PrepareActivitiesImpl(
            ArtifactStore store,
            PipelineFiles files,
            BaseModelFiles models,
            ReviewedFile reviewed,
            Map<String, String> environment) {
        this.environment = environment;
        this.reviewed = reviewed;
        this.store = store;
        this.files = files;
        this.models = models;
    }

    @Override
    public DatasetRef prepare(PrepareRequest request) {
        return Attempt.of(
                store, request.run(), "prepare", request.spec().policy(), attempt -> prepare(request, attempt));
    }

    private DatasetRef prepare(PrepareRequest request, Attempt attempt) throws Exception {
        StageProblem noTeacher = noTeacher(request);
        SourcePins pins = new SourcePins(store, attempt.fence());
        SourceSet sources = new SourceResolver(
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
                                rows -> attempt.heartbeats().reportAndCheck(Progress.of("querying", rows, 0, "rows"))))
                .resolve(request.run(), request.spec());
        Path model = models.folder(request.run(), request.model(), attempt.heartbeats()::reportAndCheck);
        ContextLimit.check(model, request.spec().maxTokens());
        attempt.heartbeats().reportAndCheck(Progress.of("reading", 0, 0, "rows"));
        String formats = ObjectiveCheck.check(request.spec(), sources, request.objective()).stream()
                .map(format -> format.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" and "));
        attempt.heartbeats().reportAndCheck(Progress.of("reading %s rows".formatted(formats), 0, 0, "rows"));
        SourceDigest digest = SourceDigest.of(sources);
        pins.check(sources, digest);
        Additions additions = additions(request, attempt);
        TestFiles tests = TestFiles.of(files, request.run(), request.spec().cleaningOrNone(), request.suites());
        ForgottenRows forgotten = ForgottenRows.of(store, request.run().pipeline());
        SyntheticFiles synthetic =
                SyntheticFiles.of(files, request.run(), request.spec().syntheticOrNone());
        try (ModelRowEncoder encoder = new ModelRowEncoder(model, request.spec().maxTokens())) {
            KeyMeasurements measured = KeyMeasurements.NONE
                    .with(KeyMeasurement.DATASET, digest.sha256())
                    .with(KeyMeasurement.TOKENIZER, encoder.digest())
                    .with(KeyMeasurement.GENERAL_SET, generalDigest(files, request.run(), request.general()))
                    .with(KeyMeasurement.REVIEWED_ROWS, additions.reviewed())
                    .with(KeyMeasurement.TEST_FILES, tests == null ? null : tests.digest())
                    .with(KeyMeasurement.FORGOTTEN_ROWS, forgotten.sha256())
                    .with(KeyMeasurement.SYNTHETIC_FILES, synthetic.digest());
            RunRef run = request.run();
            StageKey key = StageKey.of(StageGraph.PREPARE, request, measured);
            StageResults.Work<DatasetRef> work = origin -> compute(
                    new Preparation(
                                    request.spec(),
                                    sources,
                                    digest,
                                    encoder,
                                    encoder.digest(),
                                    SPLIT_SEED,
                                    tests,
                                    request.fold())
                            .making(
                                    synthetic,
                                    generating(request, attempt),
                                    (doing, done, total) -> attempt.heartbeats()
                                            .reportAndCheck(Progress.of(doing, done, total, "rows"))),
                    forgotten,
                    additions,
                    attempt,
                    origin);
            DatasetRef dataset = new StageResults(store)
                    .once(
                            run,
                            key,
                            attempt.fence(),
                            DatasetRef.class,
                            noTeacher == null
                                    ? work
                                    : origin -> {
                                        throw noTeacher;
                                    });
            if (dataset.lineage() == null) {
                dataset = traced(dataset, run, key, attempt, work);
            }
            DatasetReaders.add(store, dataset.artifact().sha256(), run.runId(), run.pipeline(), attempt.fence());
            return dataset;
        }
    }

    /**
     * Why a model of {@code generate} may not answer; null = all may. A stored dataset needs no model. Whether there is one is
     * known after the data is read, so a pipeline that never had one is refused here.
     */
    private @Nullable StageProblem noTeacher(PrepareRequest request) throws IOException {
        try {
            Teachers.check(ModelEndpoints.of(environment), request.spec().syntheticOrNone());
            return null;
        } catch (StageProblem problem) {
            if (new StageResults(store).everFinished(request.run().pipeline(), Stage.PREPARE)) {
                return problem;
            }
            throw problem;
        }
    }

    private SyntheticRows.Generating generating(PrepareRequest request, Attempt attempt) {
        return new SyntheticRows.Generating(
                Teachers.of(
                        ModelEndpoints.of(environment),
                        model -> models.folder(
                                request.run(),
                                new InitializeSpec(
                                        model,
                                        null,
                                        null,
                                        null,
                                        null,
                                        request.spec().policy()),
                                attempt.heartbeats()::reportAndCheck)),
                store,
                attempt.fence(),
                attempt.fence().scope(),
                RequestClock.REAL);
    }

    /** A dataset of an earlier version, which did not trace rows, with its lineage. */
    private DatasetRef traced(
            DatasetRef dataset, RunRef run, StageKey key, Attempt attempt, StageResults.Work<DatasetRef> work)
            throws Exception {
        DatasetRef again = work.compute(dataset.origin());
        if (!again.artifact().equals(dataset.artifact())) {
            return dataset; // it was prepared by rules that wrote other bytes, which stay as they are
        }
        new StageResults(store).commit(run, key, "", attempt.fence(), again);
        return again;
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

    /** Digest of a general set's file; null when none is named. */
    public static @Nullable String generalDigest(PipelineFiles files, RunRef run, @Nullable String general)
            throws IOException {
        return general == null
                ? null
                : SourceDigest.of(files.read(run, general)).sha256();
    }

    /**
     * Additional rows of a retraining.
     *
     * @param reviewed digest of the reviewed rows, null without any
     * @param rows number of reviewed rows
     */
    private record Additions(AddedRows mix, @Nullable String reviewed, long rows) {}

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

    private DatasetRef compute(
            Preparation preparation, ForgottenRows forgotten, Additions additions, Attempt attempt, Origin origin)
            throws IOException {
        Path out = store.scratch(attempt.fence());
        Path lineage = store.scratch(attempt.fence());
        RowTracing tracing = new RowTracing(RowDigests.of(store, attempt.fence()), forgotten.digests());
        DatasetCard card = preparation
                .tracing(tracing, lineage)
                .run(
                        additions.mix(),
                        store.scratch(attempt.fence()),
                        out,
                        rows -> attempt.heartbeats().reportAndCheck(Progress.of("preparing", rows, 0, "rows")));
        ArtifactRef artifact = store.put(out, attempt.fence());
        DatasetCard.General general = card.general();
        return new DatasetRef(
                artifact,
                card.split(SplitName.TRAIN).rows(),
                card.split(SplitName.VALIDATION).rows(),
                card.split(SplitName.TEST).rows(),
                card.split(SplitName.TRAIN).tokens(),
                card.split(SplitName.TRAIN).lossTokens(),
                general == null ? null : new DatasetRef.General(general.rows(), general.lossTokens()),
                card.longestRow(),
                card.rows().quarantined(),
                card.rows().duplicates(),
                card.redactions().values().stream().mapToLong(Long::longValue).sum(),
                additions.rows(),
                card.rows().droppedLong(),
                card.rows().truncated(),
                card.removed(),
                store.put(lineage, attempt.fence()),
                origin);
    }
}
