package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.prepare.ShardRef;
import dev.septet.workflows.prepare.ShardRequest;
import io.temporal.client.WorkflowFailedException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@code parallel}: shards are planned once, cleaned some at once, and merged in their order. */
class ShardsTest {
    @Test
    void everyShardIsCleanedOnceAndMergedInOrder() {
        for (int parallel : List.of(1, 2, 100)) {
            try (Stack stack = new Stack(600)) {
                stack.activities.spec = Specs.sharded(parallel);
                stack.run("hello");
                assertThat(stack.activities.shards)
                        .extracting(ShardRequest::shard)
                        .containsExactlyInAnyOrder(0, 1, 2, 3, 4);
                assertThat(stack.activities.shards)
                        .allSatisfy(shard -> assertThat(shard.allBytes()).isEqualTo(264))
                        .anySatisfy(shard -> assertThat(shard.doneBytes() > 0).isEqualTo(parallel < 5));
                assertThat(stack.activities.merged).hasSize(1);
                assertThat(stack.activities.merged.get(0).shards())
                        .extracting(ShardRef::artifact)
                        .isEqualTo(IntStream.range(0, 5)
                                .mapToObj(shard -> FakeActivities.artifact("shard-" + shard))
                                .toList());
                assertThat(stack.activities.calls).containsOnlyOnce("PlanShards@septet", "MergeShards@septet");
            }
        }
    }

    @Test
    void aShardThatFailsEndsTheStageWithoutAMerge() {
        for (int parallel : List.of(1, 3)) {
            Stack stack = new Stack(600);
            stack.activities.spec = Specs.sharded(parallel);
            stack.activities.shardFailure = FailureType.INVALID_PIPELINE.of("rows.jsonl changed");
            assertThatThrownBy(() -> stack.run("hello")).isInstanceOf(WorkflowFailedException.class);
            assertThat(stack.activities.merged).isEmpty();
            if (parallel == 1) {
                assertThat(stack.activities.shards)
                        .extracting(ShardRequest::shard)
                        .containsExactly(0, 1, 2);
            }
            stack.close();
        }
    }

    /** The files are on one machine. */
    @Test
    void shardsOfFilesRunOnTheirHost() {
        try (Stack stack = Stack.shared("attic", "cellar")) {
            stack.activities.spec = Specs.sharded(3);
            stack.run("hello");
            assertThat(stack.activities.calls)
                    .contains("PlanShards@" + TaskQueues.host("attic"), "PrepareShard 4@" + TaskQueues.host("attic"))
                    .contains("MergeShards@" + TaskQueues.host("attic"))
                    .noneMatch(call -> call.endsWith("cellar"));
        }
    }
}
