package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.prepare.MergeRequest;
import dev.septet.workflows.prepare.PrepareActivities;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.prepare.ShardPlanRef;
import dev.septet.workflows.prepare.ShardRef;
import dev.septet.workflows.prepare.ShardRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The activities of {@code parallel} as Temporal calls them. */
class ShardActivitiesTest {
    private static final String BLOCK =
            "dataset 'rows.jsonl'\nredact email, replacement: hash\ndeduplicate exact\nmaxTokens 64";

    @TempDir
    Path root;

    private TestActivityEnvironment temporal = TestActivityEnvironment.newInstance();

    @BeforeEach
    void register() throws IOException {
        Files.createDirectories(root.resolve("pipeline"));
        write(100);
        worker();
    }

    private void write(int rows) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            lines.add(String.format(
                    Locale.ROOT, "{\"prompt\":\"a%d@example.org + 1 = \",\"completion\":\"%d\"}", i % 90, i % 90 + 1));
        }
        Files.write(root.resolve("pipeline/rows.jsonl"), lines);
    }

    /** A worker process that knows nothing of the earlier ones. */
    private void worker() throws IOException {
        temporal.close();
        temporal = TestActivityEnvironment.newInstance();
        PipelineFiles files =
                new PipelineFiles(new ActivitySettings(root.resolve("store"), List.of(), List.of(TinyModels.chat())));
        temporal.registerActivitiesImplementations(new PrepareActivitiesImpl(
                store(),
                files,
                BaseModelFiles.ofProcess(files),
                (pipeline, count) -> List.of(),
                java.util.Map.of(),
                1000));
    }

    private LocalStore store() {
        return new LocalStore(root.resolve("store"));
    }

    @AfterEach
    void close() {
        temporal.close();
    }

    private PrepareRequest request(String run, String block) {
        PrepareSpec spec = SourceRun.spec(block);
        return new PrepareRequest(
                new RunRef("test", run, root.resolve("pipeline").toString(), "0".repeat(64)),
                spec,
                new InitializeSpec(TinyModels.chat().toString(), null, null, null, InitializeSpec.DEFAULT_POLICY));
    }

    private PrepareActivities activities() {
        return temporal.newActivityStub(PrepareActivities.class);
    }

    private ShardRef shard(PrepareRequest request, ShardPlanRef plan, int shard) {
        return activities()
                .prepareShard(new ShardRequest(
                        request,
                        Objects.requireNonNull(plan.plan()),
                        shard,
                        plan.bytes().size(),
                        0,
                        5000));
    }

    private DatasetRef merge(PrepareRequest request, ShardPlanRef plan, List<ShardRef> shards) {
        return activities().mergeShards(new MergeRequest(request, Objects.requireNonNull(plan.plan()), shards));
    }

    /** Each activity runs in a process of its own, which does not know the secret of the sources. */
    @Test
    void theDatasetIsThatOfOneActivityAndShardsAreReused() throws IOException {
        PrepareRequest request = request("run-1", BLOCK + "\nparallel 3");
        ShardPlanRef plan = activities().planShards(request);
        assertThat(plan.bytes()).hasSizeBetween(4, 8);
        assertThat(store().fetch(Objects.requireNonNull(plan.plan())).resolve("plan.json"))
                .content()
                .doesNotContain("secret", "key");
        List<ShardRef> shards = new ArrayList<>();
        for (int i = 0; i < plan.bytes().size(); i++) {
            worker();
            shards.add(shard(request, plan, i));
        }
        assertThat(shards.stream().mapToLong(ShardRef::rows).sum()).isEqualTo(100);
        worker();
        DatasetRef dataset = merge(request, plan, shards);
        assertThat(dataset.duplicateRows()).isEqualTo(10);
        assertThat(dataset.redactions()).isEqualTo(100);

        assertThat(activities()
                        .planShards(request("run-2", BLOCK + "\nparallel 5"))
                        .prepared())
                .as("the number of shards at once is in no key")
                .isNotNull()
                .satisfies(reused -> assertThat(reused.origin().reusedFrom()).isEqualTo("run-1"));
        PrepareRequest other = request("run-3", BLOCK + "\nsplit train: 60.percent, test: 40.percent\nparallel 3");
        assertThat(shard(request("run-4", BLOCK + "\nparallel 9"), plan, 0)
                        .origin()
                        .reusedFrom())
                .isEqualTo("run-1");
        assertThat(activities().planShards(other).prepared()).isNull();

        Files.move(root.resolve("store"), root.resolve("old"));
        worker();
        assertThat(activities().prepare(request("run-1", BLOCK)).artifact()).isEqualTo(dataset.artifact());
    }

    /** Only the shards behind a change are cleaned again. */
    @Test
    void rowsThatAreAddedChangeTheLastShardOnly() throws IOException {
        String block = BLOCK.replace("replacement: hash", "replacement: pseudonym") + "\nparallel 2";
        ShardPlanRef before = activities().planShards(request("run-1", block));
        for (int i = 0; i < before.bytes().size(); i++) {
            shard(request("run-1", block), before, i);
        }
        write(130);
        ShardPlanRef after = activities().planShards(request("run-2", block));
        int last = before.bytes().size() - 1;
        for (int i = 0; i < after.bytes().size(); i++) {
            ShardRef shard = shard(request("run-2", block), after, i);
            assertThat(shard.origin().reusedFrom() != null).as("shard %d", i).isEqualTo(i < last);
        }
    }

    @Test
    void aFileThatChangesAfterThePlanFailsTheStage() throws IOException {
        PrepareRequest request = request("run-1", BLOCK + "\nparallel 3");
        ShardPlanRef plan = activities().planShards(request);
        worker();
        write(90);
        assertThatThrownBy(() -> shard(request, plan, 0))
                .hasStackTraceContaining("InvalidPipeline")
                .hasStackTraceContaining("changed while its rows were prepared; start the run again");
    }
}
