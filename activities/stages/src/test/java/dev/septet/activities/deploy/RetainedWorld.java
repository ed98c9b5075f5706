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
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Stores;
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
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs of a pipeline with small files, in a real store and a real target folder. Time passes by making files older. */
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

    LocalStore store() {
        return store(new Disk());
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
        LocalStore store = store();
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

    ArtifactRef put(LocalStore store, String content, Fence fence) throws IOException {
        Path file = Files.createTempFile(folder, "content", "");
        int times = content.startsWith("lineage") || content.startsWith("ledger") || content.startsWith("scores")
                ? 1
                : bytes / content.length();
        Files.writeString(file, content.repeat(times));
        return store.put(Map.of("file", file), fence);
    }

    /** A training that died leaves checkpoints and state of its run. */
    void diedTraining(String id) throws IOException {
        LocalStore store = store();
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
        return new GarbageCollection(store(disk), Map.of(), policy, open, Instant.now()).run();
    }

    /** Makes everything in the store older. */
    void pass(Duration time) throws IOException {
        for (String part : List.of("artifacts", "checkpoints", "records", "damaged")) {
            Path root = folder.resolve("store").resolve(part);
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
