package dev.septet.activities.prepare;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.lineage.DatasetReaders;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.lineage.RowDigests;
import dev.septet.activities.lineage.RowMatches;
import dev.septet.activities.lineage.RowTracing;
import dev.septet.activities.prepare.cleaning.SourceReaders;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.generate.Teachers;
import dev.septet.activities.prepare.shard.ShardCleaning;
import dev.septet.activities.prepare.shard.ShardPlan;
import dev.septet.activities.prepare.shard.ShardPlanner;
import dev.septet.activities.prepare.shard.ShardSecrets;
import dev.septet.activities.prepare.shard.ShardedRows;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.activities.prepare.synthetic.SyntheticFiles;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.source.DatasetSource;
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
import dev.septet.workflows.prepare.MergeRequest;
import dev.septet.workflows.prepare.PrepareActivities;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.prepare.ShardPlanRef;
import dev.septet.workflows.prepare.ShardRef;
import dev.septet.workflows.prepare.ShardRequest;
import dev.septet.workflows.retrain.Retraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
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
    private final long shardBytes;
    private final ShardSecrets secrets = new ShardSecrets();

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
        this(store, files, models, reviewed, environment, ShardPlanner.SHARD_BYTES);
    }

    /**
     * With another size of shards.
     *
     * @param shardBytes the size from which a shard takes no further bytes
     */
    PrepareActivitiesImpl(
            ArtifactStore store,
            PipelineFiles files,
            BaseModelFiles models,
            ReviewedFile reviewed,
            Map<String, String> environment,
            long shardBytes) {
        this.environment = environment;
        this.shardBytes = shardBytes;
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

    @Override
    public ShardPlanRef planShards(PrepareRequest request) {
        return Attempt.of(
                store, request.run(), "prepare-plan", request.spec().policy(), attempt -> plan(request, attempt));
    }

    @Override
    public ShardRef prepareShard(ShardRequest request) {
        return Attempt.of(
                store,
                request.run(),
                "prepare-shard-" + request.shard(),
                request.prepare().spec().policy(),
                attempt -> shard(request, attempt));
    }

    @Override
    public DatasetRef mergeShards(MergeRequest request) {
        return Attempt.of(
                store, request.run(), "prepare", request.prepare().spec().policy(), attempt -> merge(request, attempt));
    }

    private DatasetRef prepare(PrepareRequest request, Attempt attempt) throws Exception {
        StageProblem noTeacher = noTeacher(request);
        SourceSet sources = sources(request, attempt);
        Path model = model(request, attempt);
        checkObjective(request, sources, attempt);
        SourceDigest digest = SourceDigest.of(sources);
        pins(request, attempt).check(sources, digest);
        Additions additions = additions(request, attempt);
        TestFiles tests = tests(request);
        ForgottenRows forgotten = ForgottenRows.of(store, request.run().pipeline());
        SyntheticFiles synthetic =
                SyntheticFiles.of(files, request.run(), request.spec().syntheticOrNone());
        try (ModelRowEncoder encoder = new ModelRowEncoder(model, request.spec().maxTokens())) {
            return once(
                    request, key(request, digest, encoder, additions, tests, forgotten, synthetic), attempt, origin -> {
                        if (noTeacher != null) {
                            throw noTeacher;
                        }
                        return compute(
                                preparation(request, sources, digest, encoder, tests, synthetic, attempt),
                                Preparation::run,
                                forgotten,
                                additions,
                                attempt,
                                origin);
                    });
        }
    }

    /** The stored result, or a new one; either has its lineage. */
    private DatasetRef once(PrepareRequest request, StageKey key, Attempt attempt, StageResults.Work<DatasetRef> work)
            throws Exception {
        RunRef run = request.run();
        DatasetRef dataset = new StageResults(store).once(run, key, attempt.fence(), DatasetRef.class, work);
        if (!isFinal(dataset, request, key)) {
            dataset = traced(dataset, run, key, attempt, work);
        }
        DatasetReaders.add(store, dataset.artifact().sha256(), run.runId(), run.pipeline(), attempt.fence());
        return dataset;
    }

    private ShardPlanRef plan(PrepareRequest request, Attempt attempt) throws Exception {
        StageProblem noTeacher = noTeacher(request);
        SourceSet sources = sources(request, attempt);
        Path model = model(request, attempt);
        checkObjective(request, sources, attempt);
        SourceDigest digest = SourceDigest.of(sources);
        pins(request, attempt).check(sources, digest);
        Additions additions = additions(request, attempt);
        try (ModelRowEncoder encoder = new ModelRowEncoder(model, request.spec().maxTokens())) {
            StageKey key = key(
                    request,
                    digest,
                    encoder,
                    additions,
                    tests(request),
                    ForgottenRows.of(store, request.run().pipeline()),
                    SyntheticFiles.of(files, request.run(), request.spec().syntheticOrNone()));
            Optional<DatasetRef> prepared =
                    new StageResults(store).find(request.run(), key, "", attempt.fence(), DatasetRef.class);
            if (prepared.isPresent() && isFinal(prepared.get(), request, key)) {
                return new ShardPlanRef(null, List.of(), prepared.get());
            }
            if (noTeacher != null) {
                throw noTeacher;
            }
            long all = digest.bytes() / MEGABYTE;
            ShardPlan plan = new ShardPlanner(sources, new SourceReaders(request.spec(), encoder), shardBytes)
                    .plan(
                            digest,
                            bytes -> attempt.heartbeats()
                                    .reportAndCheck(Progress.of("planning shards", bytes / MEGABYTE, all, "MB")));
            Path folder = store.scratch(attempt.fence());
            plan.write(folder);
            ArtifactRef file = store.put(folder, attempt.fence());
            secrets.put(plan, digest.key());
            return new ShardPlanRef(
                    file, plan.shards().stream().map(ShardPlan.Shard::bytes).toList(), null);
        }
    }

    private ShardRef shard(ShardRequest request, Attempt attempt) throws Exception {
        PrepareRequest prepare = request.prepare();
        ShardPlan plan = ShardPlan.read(store.fetch(request.plan()));
        ShardPlan.Shard shard = plan.shards().get(request.shard());
        boolean secretly = ShardSecrets.needed(prepare.spec());
        SourceSet sources = sources(prepare, plan, source -> secretly || plan.reads(shard, source), attempt);
        Path model = model(prepare, attempt);
        TestFiles tests = tests(prepare);
        byte[] secret = secrets.of(plan, prepare.spec(), sources);
        ForgottenRows forgotten = ForgottenRows.of(store, prepare.run().pipeline());
        try (ModelRowEncoder encoder = new ModelRowEncoder(model, prepare.spec().maxTokens())) {
            KeyMeasurements measured = KeyMeasurements.NONE
                    .with(KeyMeasurement.DATASET, plan.digest(shard))
                    .with(KeyMeasurement.TOKENIZER, encoder.digest())
                    .with(KeyMeasurement.TEST_FILES, tests == null ? null : tests.digest())
                    .with(KeyMeasurement.FORGOTTEN_ROWS, forgotten.sha256());
            StageKey key = StageKey.of(StageGraph.PREPARE, prepare.of(prepare.run(), 0), measured)
                    .with("shard", secretly ? plan.sha256() : "of any dataset");
            return new StageResults(store)
                    .once(
                            prepare.run(),
                            key,
                            "shard-" + request.shard(),
                            attempt.fence(),
                            ShardRef.class,
                            origin -> shard(
                                    request,
                                    new ShardCleaning(prepare.spec(), plan, sources, encoder, tests, secret)
                                            .tracing(new RowTracing(
                                                    RowDigests.of(store, attempt.fence()), forgotten.digests())),
                                    attempt,
                                    origin));
        }
    }

    private ShardRef shard(ShardRequest request, ShardCleaning cleaning, Attempt attempt, Origin origin)
            throws IOException {
        Path out = store.scratch(attempt.fence());
        String doing = "preparing shard %d of %d".formatted(request.shard() + 1, request.shards());
        long rows = cleaning.run(
                request.shard(),
                out,
                (bytes, row) -> attempt.heartbeats()
                        .reportAndCheck(Progress.of(
                                doing, (request.doneBytes() + bytes) / MEGABYTE, request.allBytes() / MEGABYTE, "MB")));
        return new ShardRef(store.put(out, attempt.fence()), rows, origin);
    }

    private DatasetRef merge(MergeRequest request, Attempt attempt) throws Exception {
        PrepareRequest prepare = request.prepare();
        ShardPlan plan = ShardPlan.read(store.fetch(request.plan()));
        SourceSet sources = sources(prepare, plan, source -> ShardSecrets.needed(prepare.spec()), attempt);
        Path model = model(prepare, attempt);
        Additions additions = additions(prepare, attempt);
        TestFiles tests = tests(prepare);
        ForgottenRows forgotten = ForgottenRows.of(store, prepare.run().pipeline());
        SyntheticFiles synthetic =
                SyntheticFiles.of(files, prepare.run(), prepare.spec().syntheticOrNone());
        SourceDigest digest = plan.digest(secrets.of(plan, prepare.spec(), sources));
        try (ModelRowEncoder encoder = new ModelRowEncoder(model, prepare.spec().maxTokens());
                ShardedRows rows = new ShardedRows(
                        plan, shard -> store.fetch(request.shards().get(shard).artifact()))) {
            return once(
                    prepare,
                    key(prepare, digest, encoder, additions, tests, forgotten, synthetic),
                    attempt,
                    origin -> compute(
                            preparation(prepare, sources, digest, encoder, tests, synthetic, attempt),
                            (preparation, mix, scratch, out, read) -> preparation.merge(rows, mix, scratch, out, read),
                            forgotten,
                            additions,
                            attempt,
                            origin));
        }
    }

    /** The sources of a request, each read once. */
    private SourceSet sources(PrepareRequest request, Attempt attempt) throws IOException {
        return resolver(request, attempt).resolve(request.run(), request.spec());
    }

    /**
     * The sources of a request, with stand-ins for those that are not read.
     *
     * @param plan has the names of their files
     */
    private SourceSet sources(PrepareRequest request, ShardPlan plan, IntPredicate reads, Attempt attempt)
            throws IOException {
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

    private Path model(PrepareRequest request, Attempt attempt) throws IOException {
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

    private @Nullable TestFiles tests(PrepareRequest request) throws IOException {
        return TestFiles.of(files, request.run(), request.spec().cleaningOrNone(), request.suites());
    }

    private StageKey key(
            PrepareRequest request,
            SourceDigest digest,
            ModelRowEncoder encoder,
            Additions additions,
            @Nullable TestFiles tests,
            ForgottenRows forgotten,
            SyntheticFiles synthetic)
            throws IOException {
        KeyMeasurements measured = KeyMeasurements.NONE
                .with(KeyMeasurement.DATASET, digest.sha256())
                .with(KeyMeasurement.TOKENIZER, encoder.digest())
                .with(KeyMeasurement.GENERAL_SET, generalDigest(files, request.run(), request.general()))
                .with(KeyMeasurement.REVIEWED_ROWS, additions.reviewed())
                .with(KeyMeasurement.TEST_FILES, tests == null ? null : tests.digest())
                .with(KeyMeasurement.FORGOTTEN_ROWS, forgotten.sha256())
                .with(KeyMeasurement.SYNTHETIC_FILES, synthetic.digest());
        return StageKey.of(StageGraph.PREPARE, request, measured);
    }

    private Preparation preparation(
            PrepareRequest request,
            SourceSet sources,
            SourceDigest digest,
            ModelRowEncoder encoder,
            @Nullable TestFiles tests,
            SyntheticFiles synthetic,
            Attempt attempt) {
        return new Preparation(
                        request.spec(), sources, digest, encoder, encoder.digest(), SPLIT_SEED, tests, request.fold())
                .making(
                        synthetic,
                        generating(request, attempt),
                        (doing, done, total) ->
                                attempt.heartbeats().reportAndCheck(Progress.of(doing, done, total, "rows")));
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

    /**
     * Whether a dataset is not prepared again for its lineage: it has one, an earlier run could not make the same bytes, or
     * a model would have to write its rows again.
     */
    private boolean isFinal(DatasetRef dataset, PrepareRequest request, StageKey key) throws IOException {
        return dataset.lineage() != null
                || !request.spec().syntheticOrNone().generate().isEmpty()
                || store.record(untraced(key)).isPresent();
    }

    private static String untraced(StageKey key) {
        return "untraced/" + key.digest();
    }

    /** A dataset of an earlier version, which did not trace rows, with its lineage. */
    private DatasetRef traced(
            DatasetRef dataset, RunRef run, StageKey key, Attempt attempt, StageResults.Work<DatasetRef> work)
            throws Exception {
        DatasetRef again = work.compute(dataset.origin());
        if (!again.artifact().equals(dataset.artifact())) {
            // It was prepared by rules that wrote other bytes, which stay as they are. No later run tries again.
            store.putRecord(untraced(key), dataset.artifact().sha256(), attempt.fence());
            return dataset;
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

    /** Creates the dataset's files. */
    private interface Work {
        DatasetCard run(Preparation preparation, AddedRows mix, Path scratch, Path out, LongConsumer rowsRead)
                throws IOException;
    }

    private DatasetRef compute(
            Preparation preparation,
            Work work,
            ForgottenRows forgotten,
            Additions additions,
            Attempt attempt,
            Origin origin)
            throws IOException {
        Path out = store.scratch(attempt.fence());
        Path lineage = store.scratch(attempt.fence());
        RowTracing tracing = new RowTracing(RowDigests.of(store, attempt.fence()), forgotten.digests());
        DatasetCard card = work.run(
                preparation.tracing(tracing, lineage),
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
