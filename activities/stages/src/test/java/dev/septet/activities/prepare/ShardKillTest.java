package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.prepare.MergeRequest;
import dev.septet.workflows.prepare.PrepareActivities;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.prepare.ShardPlanRef;
import dev.septet.workflows.prepare.ShardRef;
import dev.septet.workflows.prepare.ShardRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that cleans or merges shards dies in each phase; the next attempt gives the same bytes. */
@Tag("long")
class ShardKillTest {
    private static final int DEAD = 137;
    private static final String BLOCK = "dataset 'rows.jsonl'\nredact email, replacement: pseudonym\n"
            + "deduplicate exact, near: 0.8\nmaxTokens 64\nparallel 2";

    @TempDir
    Path root;

    /** The activities in this process. */
    private static <R> R with(ArtifactStore store, Path root, java.util.function.Function<PrepareActivities, R> work) {
        TestActivityEnvironment temporal = TestActivityEnvironment.newInstance();
        try {
            PipelineFiles files = new PipelineFiles(
                    new ActivitySettings(root.resolve("store"), List.of(), List.of(TinyModels.chat())));
            temporal.registerActivitiesImplementations(new PrepareActivitiesImpl(
                    store, files, BaseModelFiles.ofProcess(files), (pipeline, count) -> List.of(), Map.of(), 40_000));
            return work.apply(temporal.newActivityStub(PrepareActivities.class));
        } finally {
            temporal.close();
        }
    }

    private static PrepareRequest request(Path root) {
        return new PrepareRequest(
                new RunRef("test", "run-1", root.resolve("pipeline").toString(), "0".repeat(64)),
                SourceRun.spec(BLOCK),
                new InitializeSpec(TinyModels.chat().toString(), null, null, null, InitializeSpec.DEFAULT_POLICY));
    }

    private static ShardRequest shard(Path root, ArtifactRef plan, int shard) {
        return new ShardRequest(request(root), plan, shard, 4, 0, 100_000);
    }

    /** The process that dies: {@code ROOT PHASE PLAN_URI PLAN_SHA SIZE SHARD}. */
    public static final class Victim {
        private Victim() {}

        /** Cleans one shard, and dies in the phase. */
        public static void main(String[] arguments) {
            Path root = Path.of(arguments[0]);
            ArtifactRef plan = new ArtifactRef(arguments[2], arguments[3], Long.parseLong(arguments[4]));
            ArtifactStore store = dying(new LocalStore(root.resolve("store")), arguments[1]);
            var unused = with(
                    store,
                    root,
                    activities -> activities.prepareShard(shard(root, plan, Integer.parseInt(arguments[5]))));
        }

        private static ArtifactStore dying(ArtifactStore store, String phase) {
            return (ArtifactStore) Proxy.newProxyInstance(
                    ArtifactStore.class.getClassLoader(),
                    new Class<?>[] {ArtifactStore.class},
                    (proxy, method, arguments) -> {
                        if (phase.equals("before " + method.getName())) {
                            Runtime.getRuntime().halt(DEAD);
                        }
                        try {
                            Object result = method.invoke(store, arguments);
                            if (phase.equals("after " + method.getName())) {
                                Runtime.getRuntime().halt(DEAD);
                            }
                            return result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }

    private void write() throws IOException {
        Files.createDirectories(root.resolve("pipeline"));
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 1200; i++) {
            rows.add(String.format(
                    Locale.ROOT,
                    "{\"prompt\":\"write to a%d@example.org about %s\",\"completion\":\"%d it is\"}",
                    i % 700,
                    Integer.toString(i % 700 * 7919 + 100_000, 3),
                    i % 700));
        }
        Files.write(root.resolve("pipeline/rows.jsonl"), rows);
    }

    private int victim(String phase, ArtifactRef plan, int shard) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        root.toString(),
                        phase,
                        plan.uri(),
                        plan.sha256(),
                        Long.toString(plan.sizeBytes()),
                        Integer.toString(shard))
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("victim.txt").toFile())
                .start()
                .waitFor();
    }

    /** Nothing is stored, only the rows are, or the result is but nobody knows. */
    @ParameterizedTest
    @ValueSource(strings = {"before put", "after put", "after putRecord"})
    void theNextAttemptGivesTheSameBytes(String phase) throws Exception {
        write();
        LocalStore store = new LocalStore(root.resolve("store"));
        ShardPlanRef plan = with(store, root, activities -> activities.planShards(request(root)));
        ArtifactRef file = Objects.requireNonNull(plan.plan());
        assertThat(plan.bytes()).hasSizeGreaterThan(2);
        List<ShardRef> shards = new ArrayList<>();
        for (int i = 0; i < plan.bytes().size(); i++) {
            int shard = i;
            if (shard == 1) {
                assertThat(victim(phase, file, shard))
                        .as(() -> "see " + root.resolve("victim.txt"))
                        .isEqualTo(DEAD);
            }
            long before = artifacts();
            shards.add(with(store, root, activities -> activities.prepareShard(shard(root, file, shard))));
            assertThat(artifacts() - before)
                    .as("new artifacts of shard %d", shard)
                    .isEqualTo(shard == 1 && phase.startsWith("after") ? 0 : 1);
        }
        DatasetRef dataset =
                with(store, root, activities -> activities.mergeShards(new MergeRequest(request(root), file, shards)));
        assertThat(shards.stream().mapToLong(ShardRef::rows).sum()).isEqualTo(1200);
        assertThat(dataset.duplicateRows()).isEqualTo(500);
        Files.move(root.resolve("store"), root.resolve("old"));
        DatasetRef atOnce =
                with(new LocalStore(root.resolve("store")), root, activities -> activities.prepare(request(root)));
        assertThat(atOnce.artifact()).isEqualTo(dataset.artifact());
    }

    private long artifacts() throws IOException {
        try (Stream<Path> all = Files.list(root.resolve("store/artifacts"))) {
            return all.count();
        }
    }
}
