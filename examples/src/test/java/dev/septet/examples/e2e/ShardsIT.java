package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.workflows.artifact.DatasetRef;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.ActivityTaskStartedEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two worker processes clean eight shards, and one of them is killed in the middle. The dataset is that of a run without shards,
 * and only shards of the killed worker are cleaned again.
 */
@Tag("nightly")
class ShardsIT {
    private static final int SHARDS = 8;
    private static final int ROWS = 1500;
    private static final int PARALLEL = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    private Path root;

    private static String pipeline(boolean sharded) {
        StringBuilder datasets = new StringBuilder();
        for (int i = 0; i < SHARDS; i++) {
            datasets.append(String.format(Locale.ROOT, "dataset 'data/part-%d.jsonl', format: completion\n", i));
        }
        return """
            pipeline('NAME') {
                prepare {
                    %s
                    deduplicate exact, near: 0.8
                    redact email, replacement: pseudonym
                    maxTokens 384
                    heartbeat 3.seconds
                    retry attempts: 30, backoff: 1.seconds, factor: 1.0
                    %s
                }
                initialize { model 'base-model' }
                train { method lora { rank 2; alpha 4 }; steps 1; batch size: 1 }
            }
            """.formatted(datasets, sharded ? "parallel " + PARALLEL : "");
    }

    private static void rows(Path file, int part) throws IOException {
        Random random = new Random(part);
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < ROWS; i++) {
            StringBuilder text = new StringBuilder();
            for (int word = 0; word < 40; word++) {
                text.append(' ').append(Integer.toString(1000 + random.nextInt(40_000), 36));
            }
            rows.append(String.format(
                    Locale.ROOT,
                    "{\"prompt\":\"what does part %d say to a%d@example.org?\",\"completion\":\"it says%s\"}\n",
                    part,
                    i % 7,
                    text));
        }
        Files.writeString(file, rows, StandardCharsets.UTF_8);
    }

    private Workspace workspace(String folder, String name, boolean sharded) throws IOException {
        Workspace workspace = Workspace.in(Files.createDirectories(root.resolve(folder)), name, 10, pipeline(sharded));
        for (int part = 0; part < SHARDS; part++) {
            rows(workspace.folder().resolve("data/part-" + part + ".jsonl"), part);
        }
        return workspace;
    }

    @Test
    void aKilledWorkerLosesItsShardsOnly() throws Exception {
        Workspace sharded = workspace("pipelines", "sharded", true);
        Path state = root.resolve("state");
        try (DevStack stack = DevStack.start(state, sharded.folder())) {
            Process second = second(stack, sharded);
            try {
                WorkflowStub run = stack.begin("sharded");
                String prepare = stage(stack);
                await("shards")
                        .atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> finished(stack, prepare) >= 2);
                long killed = stack.kill("light");
                stack.awaitSuccessor("light", killed);
                DatasetRef dataset =
                        Objects.requireNonNull(stack.result(run, PATIENCE).dataset());
                SortedMap<Long, Integer> attempts = attempts(stack, prepare);
                assertThat(attempts).hasSize(SHARDS);
                assertThat(attempts.values().stream().filter(attempt -> attempt > 1))
                        .as("shards that were cleaned again")
                        .hasSizeBetween(0, PARALLEL);
                assertThat(dataset.artifact()).isEqualTo(alone().artifact());
            } finally {
                second.destroyForcibly();
            }
        }
    }

    /** The dataset of a run in one activity, with a store of its own. */
    private DatasetRef alone() throws Exception {
        Workspace whole = workspace("others", "whole", false);
        try (DevStack stack = DevStack.start(root.resolve("other-state"), whole.folder())) {
            return Objects.requireNonNull(
                    stack.result(stack.begin("whole"), PATIENCE).dataset());
        }
    }

    /** Another worker process of the same state folder. */
    private static Process second(DevStack stack, Workspace workspace) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Workspace.CHECKOUT.resolve("septet").toString(),
                        "worker",
                        "--role",
                        "light",
                        "--pipelines",
                        workspace.folder().toString())
                .directory(Workspace.CHECKOUT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(stack.state().resolve("second.txt").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("TEMPORAL_"));
        builder.environment().putIfAbsent("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
        builder.environment().putAll(DevStack.environment(stack.state()));
        builder.environment().putAll(stack.environment());
        return builder.start();
    }

    /** The id of the stage's workflow, once it runs. */
    private static String stage(DevStack stack) {
        return await("prepare")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(
                        () -> stack.status("sharded").stages().stream()
                                .filter(stage -> stage.stage().word().equals("prepare"))
                                .findFirst()
                                .orElseThrow()
                                .workflowId(),
                        id -> !id.isEmpty());
    }

    private static long finished(DevStack stack, String prepare) {
        return events(stack, prepare).stream()
                .filter(event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
                .count();
    }

    private static List<HistoryEvent> events(DevStack stack, String workflow) {
        return stack.client().fetchHistory(workflow).getEvents();
    }

    /** The number of attempts of each shard's activity, by its place in the history. */
    private static SortedMap<Long, Integer> attempts(DevStack stack, String prepare) {
        TreeMap<Long, Integer> attempts = new TreeMap<>();
        for (HistoryEvent event : events(stack, prepare)) {
            if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) {
                ActivityTaskScheduledEventAttributes scheduled = event.getActivityTaskScheduledEventAttributes();
                if (scheduled.getActivityType().getName().equals("PrepareShard")) {
                    attempts.put(event.getEventId(), 0);
                }
            } else if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED) {
                ActivityTaskStartedEventAttributes started = event.getActivityTaskStartedEventAttributes();
                attempts.computeIfPresent(started.getScheduledEventId(), (shard, before) -> started.getAttempt());
            }
        }
        return attempts;
    }
}
