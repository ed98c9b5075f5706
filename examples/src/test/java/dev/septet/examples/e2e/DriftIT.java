package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.monitor.MonitorStatus;
import dev.septet.workflows.monitor.MonitorWorkflow;
import dev.septet.workflows.monitor.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prompts that drift start a retraining; prompts that do not, do not. */
@Tag("long")
class DriftIT {
    private static final int TRAINED = 300;
    private static final int WINDOW = 80;
    private static final int STEPS = 10;

    @Test
    void retrainsWhenPromptsDriftAndOnlyThenAndPrometheusSeesIt(@TempDir Path root) throws Exception {
        Workspace workspace = Workspace.in(root, "watched", TRAINED, Pipelines.watched(STEPS));
        Path log = workspace.folder().resolve("audit.jsonl");
        Files.createFile(log);
        List<String> tickets = Files.readAllLines(Workspace.CHECKOUT.resolve("examples/quickstart/data/tickets.jsonl"));
        Path state = root.resolve("state");
        try (ObservedStack seen = ObservedStack.start(root, state, "watched");
                DevStack stack = DevStack.start(state, ObservedStack.ENVIRONMENT, workspace.folder())) {
            PipelineReport first = stack.result(stack.begin("watched"), Trials.PATIENCE);
            assertThat(first.monitorId()).isEqualTo("watched/monitor");

            append(log, tickets.subList(TRAINED, TRAINED + WINDOW), "");
            MonitorStatus undrifted = awaitWindows(stack, 1);
            assertThat(Objects.requireNonNull(undrifted.last()).findings()).allMatch(finding -> !finding.drifted());
            assertThat(undrifted.retraining()).isNull();

            append(log, tickets.subList(TRAINED + WINDOW, TRAINED + 2 * WINDOW), " qx zv 99 kk plugh wq ".repeat(12));
            MonitorStatus drifted = awaitWindows(stack, 2);
            Observation observation = Objects.requireNonNull(drifted.last());
            assertThat(observation.drifted()).isTrue();
            String retraining = await("the retraining run")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> monitor(stack).retraining(), Objects::nonNull);
            PipelineReport second = stack.result(stack.client().newUntypedWorkflowStub(retraining), Trials.PATIENCE);
            assertThat(second.deployment()).isNotNull();
            assertThat(Objects.requireNonNull(second.run()).runId())
                    .isNotEqualTo(Objects.requireNonNull(first.run()).runId());

            seen.requireWhatWorkersDid(STEPS);
            seen.requireTargets();
            seen.requireWhatAServerDoes();
        }
    }

    static MonitorStatus awaitWindows(DevStack stack, int windows) {
        return await("window " + windows)
                .atMost(Duration.ofMinutes(4))
                .ignoreExceptions()
                .until(() -> monitor(stack), status -> status.windows() >= windows);
    }

    static MonitorStatus monitor(DevStack stack) {
        return stack.client()
                .newWorkflowStub(MonitorWorkflow.class, "watched/monitor")
                .status();
    }

    /** Appends what a served model would have logged, the users' words made longer. */
    static void append(Path log, List<String> rows, String more) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String row : rows) {
            JsonNode messages = SpecJson.mapper().readTree(row).get("messages");
            ObjectNode entry = SpecJson.mapper().createObjectNode();
            entry.put("prompt", content(messages, "user") + more);
            entry.put("answer", content(messages, "assistant"));
            lines.add(SpecJson.mapper().writeValueAsString(entry));
        }
        Files.write(log, lines, StandardOpenOption.APPEND);
    }

    private static String content(JsonNode messages, String role) {
        List<String> contents = new ArrayList<>();
        for (JsonNode message : messages) {
            if (message.get("role").asText().equals(role)) {
                contents.add(message.get("content").asText());
            }
        }
        // Some tickets follow small talk: the last question is the one that was answered last.
        return contents.get(contents.size() - 1);
    }
}
