package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.deploy.AliasHistory.Target;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.retention.GarbageCollection;
import dev.septet.activities.retention.GarbageReport;
import dev.septet.activities.retention.OpenWork;
import dev.septet.activities.retention.RetentionPolicy;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.AtRest;
import dev.septet.activities.store.ContentStore;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Stores;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Bucket;
import dev.septet.activities.store.bucket.S3Store;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.graph.KeyMeasurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Runs of a pipeline with small files, in a real store and a real target folder. Time passes by making files older, also those of the
 * server that keeps a bucket.
 */
final class RetainedWorld {
    static final String PIPELINE = "bot";
    private static final int BYTES = 2000;

    /** What a run made. */
    record Run(
            String id,
            ArtifactRef base,
            ArtifactRef dataset,
            ArtifactRef lineage,
            ArtifactRef trained,
            ArtifactRef ledger,
            ArtifactRef evaluation,
            ArtifactRef export) {
        Set<ArtifactRef> all() {
            return new LinkedHashSet<>(List.of(base, dataset, lineage, trained, ledger, evaluation, export));
        }

        Set<ArtifactRef> evidence() {
            return Set.of(lineage, ledger, evaluation);
        }

        Variant variant() {
            return new Variant(export.sha256().substring(0, 12), export, base, id);
        }
    }

    /** A result of a stage. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Made(
            ArtifactRef artifact,
            @Nullable ArtifactRef lineage,
            @Nullable ArtifactRef ledger,
            Origin origin) {}

    final Path folder;

    /** Pipelines may share a store. */
    final String pipeline;

    final Map<String, Run> runs = new LinkedHashMap<>();

    private final int bytes;

    /** The server whose bucket is the store; null for a store in a folder. */
    private @Nullable S3Bucket server;

    private S3Address address = S3Address.of("s3://models/none");

    /** The settings of the store; with keys it is encrypted, and no disk is watched. */
    Map<String, String> environment = Map.of();

    RetainedWorld(Path folder) {
        this(folder, BYTES);
    }

    /**
     * @param bytes about the size of a base model, of a dataset, of what is trained and of an export
     */
    RetainedWorld(Path folder, int bytes) {
        this(folder, PIPELINE, bytes);
    }

    /** The world of one of several pipelines, whose equal stages have equal results. */
    RetainedWorld(Path folder, String pipeline) {
        this(folder, pipeline, BYTES);
    }

    private RetainedWorld(Path folder, String pipeline, int bytes) {
        this.folder = folder;
        this.pipeline = pipeline;
        this.bytes = bytes;
    }

    /** A world whose store is in a bucket of this server. */
    static RetainedWorld in(S3Bucket server, Path folder) {
        RetainedWorld world = new RetainedWorld(folder);
        world.server = server;
        world.address = server.address();
        return world;
    }

    ContentStore store() {
        return server == null ? store(new Disk()) : store(server.client());
    }

    private S3Store store(S3Client client) {
        return new S3Store(client, address, folder.resolve("machine"), AtRest.plain(), new Disk(), Clock.systemUTC());
    }

    LocalStore store(Disk disk) {
        return environment.isEmpty()
                ? new LocalStore(folder.resolve("store"), disk)
                : (LocalStore) Stores.open(folder.resolve("store"), environment);
    }

    Aliases aliases() {
        return new Aliases(store(), new TargetPlaces(new Disk(), Map.of()));
    }

    /**
     * Runs all stages up to the export.
     *
     * @param data number of the dataset; equal numbers give equal results, which the run reuses
     */
    Run run(String id, int data, @Nullable String champion) throws Exception {
        ArtifactRef base =
                stage(id, StageKey.of(Stage.INITIALIZE), "base", null).artifact();
        Made dataset = stage(id, StageKey.of(Stage.PREPARE).with("dataset", "data " + data), "rows " + data, "lineage");
        Made trained = stage(
                id,
                StageKey.of(Stage.TRAIN)
                        .with("training data", dataset.artifact())
                        .with("base model", base),
                "weights " + data,
                "ledger");
        StageKey exam = StageKey.of(Stage.EVALUATE)
                .with("model", trained.artifact())
                .with("test data", dataset.artifact())
                .with("base model", base);
        Made evaluation = stage(
                id,
                champion == null ? exam : exam.with(KeyMeasurement.CHAMPION.group(), champion),
                "scores " + data,
                null);
        Made export = stage(
                id,
                StageKey.of(Stage.DEPLOY)
                        .with("model", trained.artifact())
                        .with("evaluation", evaluation.artifact())
                        .with("base model", base),
                "export " + data,
                null);
        Run run = new Run(
                id,
                base,
                dataset.artifact(),
                Objects.requireNonNull(dataset.lineage()),
                trained.artifact(),
                Objects.requireNonNull(trained.ledger()),
                evaluation.artifact(),
                export.artifact());
        runs.put(id, run);
        return run;
    }

    private Made stage(String id, StageKey key, String content, @Nullable String second) throws Exception {
        ContentStore store = store();
        Fence fence = new Fence(id + "/" + key.stage(), 1);
        return new StageResults(store)
                .once(
                        new RunRef(pipeline, id, "/p", "spec"),
                        key,
                        fence,
                        Made.class,
                        origin -> new Made(
                                put(store, content, fence),
                                "lineage".equals(second) ? put(store, "lineage of " + content, fence) : null,
                                "ledger".equals(second) ? put(store, "ledger of " + content, fence) : null,
                                origin));
    }

    ArtifactRef put(ContentStore store, String content, Fence fence) throws IOException {
        Path file = Files.createTempFile(folder, "content", "");
        int times = content.startsWith("lineage") || content.startsWith("ledger") || content.startsWith("scores")
                ? 1
                : bytes / content.length();
        Files.writeString(file, content.repeat(times));
        return store.put(Map.of("file", file), fence);
    }

    /** A training that died leaves checkpoints and state of its run. */
    void diedTraining(String id) throws IOException {
        ContentStore store = store();
        Fence fence = new Fence(id + "/train", 1);
        store.checkpoints()
                .commit(id + "/train", 7, to -> Files.writeString(to.resolve("state"), "s".repeat(bytes)), fence);
        store.putRecord("shortages/" + id + "/train", "[3]", fence);
        for (String kind : List.of("fine-tuning", "bedrock", "tracking")) {
            store.putRecord("%s/%s/%s".formatted(kind, id, kind.equals("tracking") ? "0" : "train"), "{}", fence);
        }
        store.putRecord("predictions/" + id + "/000000", "[]", fence);
    }

    void publish(Run run) throws IOException {
        Fence fence = new Fence(run.id() + "/route", 1);
        add(run);
        var route = new Routes(store()).publish(pipeline, run.variant(), fence);
        assertThat(route.champion().same(run.variant())).isTrue();
        makeCurrent(run, fence);
    }

    /** Answers a part of the requests with this run's model. */
    void challenge(Run run) throws IOException {
        add(run);
        var route = new Routes(store()).challenge(pipeline, run.variant(), 0.1, new Fence(run.id() + "/route", 1));
        assertThat(run.variant().same(route.challenger())).isTrue();
    }

    /** Ends the trial of a challenger. */
    void decide(Run run, boolean better) throws IOException {
        Routes routes = new Routes(store());
        Fence fence = new Fence(run.id() + "/route", 2);
        if (better) {
            assertThat(routes.promote(pipeline, run.variant(), fence).challenger())
                    .isNull();
            makeCurrent(run, fence);
        } else {
            Variant champion = routes.route(pipeline).orElseThrow().champion();
            assertThat(routes.withdraw(pipeline, run.variant(), champion, fence).champion())
                    .isEqualTo(champion);
        }
    }

    private Path target() {
        return folder.resolve(pipeline.equals(PIPELINE) ? "target" : "target of " + pipeline);
    }

    private void add(Run run) throws IOException {
        Path files = store().fetch(run.export());
        String sha256 = run.export().sha256();
        var unused = aliases().adding(pipeline, sha256, () -> {
            new VersionFolder(target(), new Disk(), true)
                    .add(VersionFolder.version(sha256), Map.of("model/file", files.resolve("file")));
            return sha256;
        });
    }

    private void makeCurrent(Run run, Fence fence) throws IOException {
        Target target = new Target("directory", target().toString());
        var move = aliases().publish(pipeline, List.of(target), run.export().sha256(), run.id(), fence);
        assertThat(move.sha256()).isEqualTo(run.export().sha256());
    }

    /** Rolls back as the command does. */
    void rollBack() throws IOException {
        AliasHistory.Move move = aliases().rollBack(pipeline);
        Routes routes = new Routes(store());
        var unused = routes.force(pipeline, routes.known(pipeline, move.sha256()), new Fence("by hand/" + pipeline, 1));
    }

    GarbageReport collect(Disk disk, RetentionPolicy policy, OpenWork open) throws IOException {
        return collect(server == null ? store(disk) : store(), policy, open);
    }

    private static GarbageReport collect(ContentStore store, RetentionPolicy policy, OpenWork open) throws IOException {
        return new GarbageCollection(store, Map.of(), policy, open, Instant.now()).run();
    }

    /**
     * A collection that is killed, unless it ends before.
     *
     * @param after number of actions on the disk, or of requests that change the bucket, before the kill; an even number of requests
     *     kills it after the server has done what the last one asks for
     * @return whether it was killed
     */
    boolean collectUntilKilled(RetentionPolicy policy, OpenWork open, int after) throws IOException {
        AtomicInteger left = new AtomicInteger(after);
        try {
            if (server == null) {
                var unused = collect(new Disk((action, path) -> Killed.at(left)), policy, open);
                return false;
            }
            try (S3Client client = server.gateway().client(new ExecutionInterceptor() {
                @Override
                public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
                    if (left.get() < 0) {
                        throw new Killed(); // a dead process sends nothing
                    }
                    if (after % 2 == 1 && changes(context.request())) {
                        Killed.at(left);
                    }
                }

                @Override
                public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
                    if (after % 2 == 0 && changes(context.request())) {
                        Killed.at(left);
                    }
                }
            })) {
                var unused = collect(store(client), policy, open);
                return false;
            }
        } catch (Killed killed) {
            return true;
        }
    }

    private static boolean changes(SdkRequest request) {
        return request instanceof PutObjectRequest
                || request instanceof CopyObjectRequest
                || request instanceof DeleteObjectRequest
                || request instanceof DeleteObjectsRequest;
    }

    /** A process that dies does nothing afterwards. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        static void at(AtomicInteger left) {
            if (left.getAndDecrement() <= 0) {
                throw new Killed();
            }
        }
    }

    /** Makes everything in the store older. */
    void pass(Duration time) throws IOException {
        for (String part : List.of("artifacts", "blobs", "checkpoints", "records", "damaged")) {
            Path root = server == null ? folder.resolve("store").resolve(part) : server.file(address, part);
            if (Files.exists(root)) {
                try (Stream<Path> all = Files.walk(root)) {
                    for (Path path : all.toList()) {
                        Files.setLastModifiedTime(
                                path,
                                FileTime.from(Files.getLastModifiedTime(path)
                                        .toInstant()
                                        .minus(time)));
                    }
                }
            }
        }
    }

    /** Bytes of the store, without its fences and locks. */
    long bytes() throws IOException {
        long sum = 0;
        for (String part : List.of("artifacts", "checkpoints", "records", "damaged")) {
            Path root = folder.resolve("store").resolve(part);
            if (Files.exists(root)) {
                try (Stream<Path> all = Files.walk(root)) {
                    sum += all.filter(Files::isRegularFile)
                            .mapToLong(file -> file.toFile().length())
                            .sum();
                } catch (NoSuchFileException gone) {
                    throw new IOException(gone);
                }
            }
        }
        return sum;
    }

    private String names(ArtifactRef ref) {
        return names(ref.sha256());
    }

    /** Which runs have an artifact, for messages. */
    String names(String sha256) {
        StringBuilder names = new StringBuilder();
        runs.values().forEach(run -> {
            int at = 0;
            for (ArtifactRef each : List.of(
                    run.base(),
                    run.dataset(),
                    run.lineage(),
                    run.trained(),
                    run.ledger(),
                    run.evaluation(),
                    run.export())) {
                if (each.sha256().equals(sha256)) {
                    names.append(String.format(Locale.ROOT, "%s [%d] ", run.id(), at));
                }
                at++;
            }
        });
        return names.toString();
    }

    void reads(Set<ArtifactRef> artifacts, String why) throws IOException {
        for (ArtifactRef each : artifacts) {
            assertThat(store().holds(each)).as("%s: %s", why, names(each)).isTrue();
            assertThat(store().contents().verify(each.sha256())).as(why).isPositive();
        }
    }
}
