package dev.septet.activities.prepare;

import dev.septet.activities.answer.Teachers;
import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.lineage.DatasetReaders;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.lineage.RowDigests;
import dev.septet.activities.lineage.RowTracing;
import dev.septet.activities.prepare.cleaning.LabelPass;
import dev.septet.activities.prepare.cleaning.SourceReaders;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.label.VoteCounts;
import dev.septet.activities.prepare.redaction.NameFile;
import dev.septet.activities.prepare.shard.ShardCleaning;
import dev.septet.activities.prepare.shard.ShardPlan;
import dev.septet.activities.prepare.shard.ShardPlanner;
import dev.septet.activities.prepare.shard.ShardSecrets;
import dev.septet.activities.prepare.shard.ShardedRows;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.source.ReviewedFile;
import dev.septet.activities.source.SourceSet;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.prepare.MergeRequest;
import dev.septet.workflows.prepare.PrepareActivities;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.prepare.ShardPlanRef;
import dev.septet.workflows.prepare.ShardRef;
import dev.septet.workflows.prepare.ShardRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The prepare stage on a worker. */
public final class PrepareActivitiesImpl implements PrepareActivities {
    /**
     * Seed of the split. It is not configurable: two runs that differ in anything else are
     * evaluated on the same rows.
     */
    public static final long SPLIT_SEED = 1;

    private static final Logger LOG = LoggerFactory.getLogger(PrepareActivitiesImpl.class);
    private static final int MEGABYTE = 1_000_000;

    private final ArtifactStore store;
    private final BaseModelFiles models;
    private final PrepareReader reader;
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
        reader = new PrepareReader(store, files, models, reviewed, environment);
        this.store = store;
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
        PrepareReader.Inputs inputs = reader.read(request, attempt);
        try (ModelRowEncoder encoder =
                new ModelRowEncoder(inputs.model(), request.spec().maxTokens())) {
            return once(request, reader.key(request, inputs, encoder), attempt, origin -> {
                if (noTeacher != null) {
                    throw noTeacher;
                }
                return compute(request, inputs, encoder, Preparation::run, attempt, origin);
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
        PrepareReader.Inputs inputs = reader.read(request, attempt);
        SourceDigest digest = inputs.digest();
        try (ModelRowEncoder encoder =
                new ModelRowEncoder(inputs.model(), request.spec().maxTokens())) {
            StageKey key = reader.key(request, inputs, encoder);
            Optional<DatasetRef> prepared =
                    new StageResults(store).find(request.run(), key, "", attempt.fence(), DatasetRef.class);
            if (prepared.isPresent() && isFinal(prepared.get(), request, key)) {
                return new ShardPlanRef(null, List.of(), prepared.get());
            }
            if (noTeacher != null) {
                throw noTeacher;
            }
            long all = digest.bytes() / MEGABYTE;
            VoteCounts votes = votes(request, inputs, encoder, attempt);
            SourceReaders readers = SourceReaders.labelling(
                    request.spec(),
                    encoder,
                    votes,
                    () -> attempt.heartbeats().reportAndCheck(Progress.of("fitting labels", 0, 0, "")));
            ShardPlan plan = new ShardPlanner(inputs.sources(), readers, shardBytes)
                    .plan(
                            digest,
                            votes,
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

    /** All rows vote before the first shard is labelled: a label depends on the votes of all of them. */
    private @Nullable VoteCounts votes(
            PrepareRequest request, PrepareReader.Inputs inputs, ModelRowEncoder encoder, Attempt attempt)
            throws IOException {
        ForgottenRows forgotten = ForgottenRows.of(store, request.run().pipeline());
        return LabelPass.votes(
                request.spec(),
                inputs.sources(),
                encoder,
                new RowTracing(RowDigests.of(store, attempt.fence()), forgotten),
                rows -> attempt.heartbeats().reportAndCheck(Progress.of("counting votes for labels", rows, 0, "rows")));
    }

    private ShardRef shard(ShardRequest request, Attempt attempt) throws Exception {
        PrepareRequest prepare = request.prepare();
        ShardPlan plan = ShardPlan.read(store.fetch(request.plan()));
        ShardPlan.Shard shard = plan.shards().get(request.shard());
        boolean secretly = ShardSecrets.needed(prepare.spec());
        SourceSet sources = reader.sources(prepare, plan, source -> secretly || plan.reads(shard, source), attempt);
        Path model = reader.model(prepare, attempt);
        TestFiles tests = reader.tests(prepare);
        NameFile names = reader.names(prepare);
        byte[] secret = secrets.of(plan, prepare.spec(), sources);
        ForgottenRows forgotten = ForgottenRows.of(store, prepare.run().pipeline());
        try (ModelRowEncoder encoder = new ModelRowEncoder(model, prepare.spec().maxTokens())) {
            KeyMeasurements measured = KeyMeasurements.NONE
                    .with(KeyMeasurement.DATASET, plan.digest(shard))
                    .with(KeyMeasurement.TOKENIZER, encoder.digest())
                    .with(KeyMeasurement.TEST_FILES, tests == null ? null : tests.digest())
                    .with(KeyMeasurement.FORGOTTEN_ROWS, forgotten.sha256())
                    .with(KeyMeasurement.NAME_FILE, NameFile.digestOf(names));
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
                                            .naming(names)
                                            .tracing(new RowTracing(RowDigests.of(store, attempt.fence()), forgotten)),
                                    attempt,
                                    origin));
        }
    }

    private ShardRef shard(ShardRequest request, ShardCleaning cleaning, Attempt attempt, Origin origin)
            throws IOException {
        Path out = store.scratch(attempt.fence());
        String doing = String.format(Locale.ROOT, "preparing shard %d of %d", request.shard() + 1, request.shards());
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
        SourceSet sources = reader.sources(prepare, plan, source -> ShardSecrets.needed(prepare.spec()), attempt);
        PrepareReader.Inputs inputs = reader.inputs(
                prepare,
                sources,
                plan.digest(secrets.of(plan, prepare.spec(), sources)),
                reader.model(prepare, attempt),
                attempt);
        try (ModelRowEncoder encoder =
                        new ModelRowEncoder(inputs.model(), prepare.spec().maxTokens());
                ShardedRows rows = new ShardedRows(
                        plan, shard -> store.fetch(request.shards().get(shard).artifact()))) {
            return once(
                    prepare,
                    reader.key(prepare, inputs, encoder),
                    attempt,
                    origin -> compute(
                            prepare,
                            inputs,
                            encoder,
                            (preparation, mix, scratch, out, read) -> preparation.merge(rows, mix, scratch, out, read),
                            attempt,
                            origin));
        }
    }

    private Preparation preparation(
            PrepareRequest request, PrepareReader.Inputs inputs, ModelRowEncoder encoder, Attempt attempt) {
        return new Preparation(
                        request.spec(),
                        inputs.sources(),
                        inputs.digest(),
                        encoder,
                        encoder.digest(),
                        SPLIT_SEED,
                        inputs.tests(),
                        request.fold())
                .naming(inputs.names())
                .making(
                        inputs.synthetic(),
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

    /** Digest of a general set's file; null when none is named. */
    public static @Nullable String generalDigest(PipelineFiles files, RunRef run, @Nullable String general)
            throws IOException {
        return general == null
                ? null
                : SourceDigest.of(files.read(run, general)).sha256();
    }

    /** Creates the dataset's files. */
    private interface Work {
        DatasetCard run(Preparation preparation, AddedRows mix, Path scratch, Path out, LongConsumer rowsRead)
                throws IOException;
    }

    private DatasetRef compute(
            PrepareRequest request,
            PrepareReader.Inputs inputs,
            ModelRowEncoder encoder,
            Work work,
            Attempt attempt,
            Origin origin)
            throws IOException {
        Path out = store.scratch(attempt.fence());
        Path lineage = store.scratch(attempt.fence());
        RowTracing tracing = new RowTracing(RowDigests.of(store, attempt.fence()), inputs.forgotten());
        DatasetCard card = work.run(
                preparation(request, inputs, encoder, attempt).tracing(tracing, lineage),
                inputs.additions().mix(),
                store.scratch(attempt.fence()),
                out,
                rows -> attempt.heartbeats().reportAndCheck(Progress.of("preparing", rows, 0, "rows")));
        ArtifactRef artifact = store.put(out, attempt.fence());
        DatasetCard.General general = card.general();
        DatasetCard.Forgotten forgotten = card.forgotten();
        DatasetRef dataset = new DatasetRef(
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
                inputs.additions().rows(),
                card.rows().droppedLong(),
                card.rows().truncated(),
                card.removed(),
                store.put(lineage, attempt.fence()),
                forgotten == null ? 0 : forgotten.notFound(),
                origin);
        String warning = dataset.forgottenWarning();
        if (warning != null) {
            LOG.warn("pipeline {}: {}", request.run().pipeline(), warning);
        }
        return dataset;
    }
}
