package dev.septet.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.quota.Period;
import dev.septet.activities.quota.UsageRecords;
import dev.septet.activities.quota.UsedKind;
import dev.septet.activities.store.LocalStore;
import dev.septet.settings.Setting;
import dev.septet.workers.local.RealServer;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Stage;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.WaitReason;
import io.temporal.api.common.v1.Priority;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A team from a pipeline file and an operator's file to the server, to the store and to a wait, by a real worker process. */
@Tag("long")
class TeamRunTest {
    private static final Path QUICKSTART = Path.of("../../examples/quickstart");

    /** The quota is used up after a few milliseconds of a slot: by the stage before the training. */
    private static final String OPERATOR = """
        teams:
          search:
            pipelines: [ranking]
            weight: 2
            quotas: [{gpuHours: 0.000001, per: month}]
        """;

    private static final String PIPELINE = """
        pipeline('ranking') {
            team 'search'
            priority interactive
            prepare { dataset 'tickets.jsonl', format: chat; maxBadRows 5; maxTokens 256 }
            initialize { model 'base-model' }
            setup { seed 42 }
            train { method lora { rank 4 }; steps 1 }
        }
        """;

    @TempDir
    private Path folder = Path.of("");

    @Test
    @Timeout(420)
    void aTeamHasItsShareItsUseAndItsWait() throws Exception {
        Path pipelines = Files.createDirectories(folder.resolve("pipelines"));
        Files.writeString(pipelines.resolve("ranking.groovy"), PIPELINE);
        Files.copy(QUICKSTART.resolve("data/tickets.jsonl"), pipelines.resolve("tickets.jsonl"));
        copy(QUICKSTART.resolve("base-model"), pipelines.resolve("base-model"));
        Path operator = Files.writeString(folder.resolve("operator.yaml"), OPERATOR);
        StateFolder state = new StateFolder(Files.createDirectories(folder.resolve("state")));
        try (RealServer server = RealServer.start(folder)) {
            Process worker = worker(server.connection().server().address(), state, pipelines, operator);
            try {
                WorkflowClient client = server.connection().client();
                WorkflowStub run = client.newUntypedWorkflowStub(
                        "Pipeline",
                        WorkflowOptions.newBuilder()
                                .setWorkflowId("ranking")
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build());
                run.start(PipelineRequest.named("ranking"));

                WaitReason waiting = await().atMost(Duration.ofMinutes(5))
                        .pollInterval(Duration.ofMillis(500))
                        .ignoreExceptions() // a query before the worker polls
                        .until(() -> status(run).waiting(), Objects::nonNull);
                assertThat(waiting.stage()).isEqualTo(Stage.TRAIN);
                assertThat(waiting.reason())
                        .contains("team search has used", "GPU hours of this month", operator.toString());
                assertThat(waiting.answers()).containsExactly("septet quota search");

                carriesTheShare(client, run);
                countsTheUse(state);
            } finally {
                worker.destroyForcibly();
                assertThat(worker.waitFor(20, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    private static void carriesTheShare(WorkflowClient client, WorkflowStub run) {
        String id = "ranking/" + status(run).runId();
        List<HistoryEvent> own = client.fetchHistory("ranking").getEvents();
        assertThat(own.stream()
                        .filter(HistoryEvent::hasStartChildWorkflowExecutionInitiatedEventAttributes)
                        .map(event -> event.getStartChildWorkflowExecutionInitiatedEventAttributes()
                                .getPriority()))
                .hasSize(3)
                .allSatisfy(TeamRunTest::isOfTheTeam);
        List<ActivityTaskScheduledEventAttributes> checks = scheduled(own).stream()
                .filter(activity -> activity.getActivityType().getName().equals("CheckQuota"))
                .toList();
        assertThat(checks).hasSizeGreaterThanOrEqualTo(4).allSatisfy(check -> isOfTheTeam(check.getPriority()));
        for (Stage stage : List.of(Stage.PREPARE, Stage.INITIALIZE, Stage.SETUP)) {
            assertThat(scheduled(client.fetchHistory(id + "/" + stage.word()).getEvents()))
                    .as(stage.word())
                    .isNotEmpty()
                    .allSatisfy(activity -> isOfTheTeam(activity.getPriority()));
        }
        assertThat(scheduled(client.fetchHistory(id + "/setup").getEvents()))
                .anyMatch(activity -> activity.getTaskQueue().getName().equals(TaskQueues.TRAINING));
    }

    private static void isOfTheTeam(Priority priority) {
        assertThat(priority.getPriorityKey()).as("interactive").isEqualTo(2);
        assertThat(priority.getFairnessKey()).isEqualTo("search");
        assertThat(priority.getFairnessWeight()).isEqualTo(2);
    }

    private static void countsTheUse(StateFolder state) throws IOException {
        long now = System.currentTimeMillis();
        LocalStore store = new LocalStore(state.store());
        assertThat(store.records("usage/search/")).isNotEmpty();
        assertThat(new UsageRecords(store)
                        .reading()
                        .byPipeline("search", UsedKind.GPU_HOURS, Period.MONTH.around(now, ZoneOffset.UTC), now))
                .containsOnlyKeys("ranking")
                .allSatisfy((pipeline, hours) -> assertThat(hours).isBetween(0.000001, 0.05));
    }

    private static List<ActivityTaskScheduledEventAttributes> scheduled(List<HistoryEvent> events) {
        return events.stream()
                .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
                .map(HistoryEvent::getActivityTaskScheduledEventAttributes)
                .toList();
    }

    private static PipelineStatus status(WorkflowStub run) {
        return run.query("status", PipelineStatus.class);
    }

    private Process worker(String server, StateFolder state, Path pipelines, Path operator) throws IOException {
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Doffline=true",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TeamWorker.class.getName(),
                        server,
                        state.path().toString(),
                        pipelines.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("worker.out").toFile());
        command.environment().put(Setting.TRAINERS.variable(), operator.toString());
        command.environment().put(Setting.STATE.variable(), state.path().toString());
        return command.start();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
