package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.ArtifactRef;
import io.temporal.api.enums.v1.ScheduleOverlapPolicy;
import io.temporal.client.WorkflowStub;
import io.temporal.client.schedules.ScheduleActionExecutionStartWorkflow;
import io.temporal.client.schedules.ScheduleActionResult;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A half-trained run goes on to the same bytes on another machine, from a backup that was written while it trained; and on an
 * empty server, from its store alone.
 */
@Tag("nightly")
class BackupIT {
    private static final String NAME = "saved";
    private static final String WATCHED = "watched";
    private static final int TRAINED = 200;
    private static final int WINDOW = 80;
    private static final String MONITOR = WATCHED + "/monitor";
    private static final int STEPS = 40;
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    @TempDir
    private Path root = Path.of("");

    @Test
    void aRunSurvivesItsMachineAndItsServersDatabase() throws Exception {
        Workspace workspace =
                Workspace.in(root, NAME, 120, Pipelines.small(STEPS).replace("NAME", NAME));
        Path backups = root.resolve("backups");
        ArtifactRef trained;
        try (DevStack stack = DevStack.start(root.resolve("lost-machine"), workspace.folder())) {
            WorkflowStub run = stack.begin(NAME);
            String train = KilledRuns.stage(stack, NAME, "train");
            KilledRuns.awaitDone(stack, train, 22);
            String backup = done(septet(stack.state(), "backup", backups.toString()));
            assertThat(backup).contains("database", "store", "state");
            String rotated = done(septet(stack.state(), "keys", "ticket", "--rotate"));
            assertThat(rotated).contains("accepted: ");
            trained = trained(stack.result(run, PATIENCE));
            assertThat(done(septet(stack.state(), "keys"))).contains("accepted; signed until");
        }
        delete(root.resolve("lost-machine"));
        delete(workspace.folder().resolve("out"));
        delete(workspace.folder().resolve("ollama"));
        done(septet(root.resolve("lost-machine"), "backup", backups.toString(), "--verify"));

        Path other = root.resolve("other-machine");
        done(septet(other, "restore", backups.toString()));
        assertThat(done(septet(other, "verify", "--store"))).contains("checkpoints of 1 trainings");
        try (DevStack stack = DevStack.start(other, workspace.folder())) {
            PipelineReport report = stack.result(stack.client().newUntypedWorkflowStub(NAME), PATIENCE);
            assertThat(trained(report)).isEqualTo(trained);
            assertThat(workspace.folder().resolve("out/current")).isSymbolicLink();
            done(septet(other, "verify", NAME));
        }

        Path third = root.resolve("third-machine");
        done(septet(third, "restore", backups.toString()));
        Files.delete(third.resolve("temporal.db"));
        assertThat(done(septet(third, "recover"))).contains("lost      run", "checkpoint at step");
        try (DevStack stack = DevStack.start(third, workspace.folder())) {
            assertThat(done(septet(third, "recover", "--start"))).contains("started   run      " + NAME);
            PipelineReport report = stack.result(stack.client().newUntypedWorkflowStub(NAME), PATIENCE);
            assertThat(trained(report)).isEqualTo(trained);
            assertThat(Objects.requireNonNull(report.dataset()).origin().reusedFrom())
                    .as("a finished stage is reused")
                    .isNotNull();
            assertThat(done(septet(third, "recover"))).contains("ended     run      " + NAME);
            done(septet(third, "verify", "--store"));
        }
    }

    /** After the loss of its database, {@code recover} restores the monitor and the schedule. */
    @Test
    void aMonitorAndAScheduleComeBackAndWork() throws Exception {
        Workspace workspace = Workspace.in(
                root,
                WATCHED,
                TRAINED,
                Pipelines.watched(10)
                        .replace(
                                "pipeline('NAME') {",
                                "pipeline('NAME') {\n    schedule cron: '0 2 * * SUN', timezone: 'Europe/Vienna'"));
        List<String> tickets = Files.readAllLines(Workspace.CHECKOUT.resolve("examples/quickstart/data/tickets.jsonl"));
        Path log = Files.createFile(workspace.folder().resolve("audit.jsonl"));
        Path state = root.resolve("machine");
        PipelineReport first;
        try (DevStack stack = DevStack.start(state, workspace.folder())) {
            first = stack.result(stack.begin(WATCHED), PATIENCE);
            assertThat(first.monitorId()).isEqualTo(MONITOR);
            for (int window = 0; window < 2; window++) {
                int begin = TRAINED + window * WINDOW;
                DriftIT.append(log, tickets.subList(begin, begin + WINDOW), "");
                DriftIT.awaitWindows(stack, window + 1);
            }
            assertThat(done(septet(state, "apply", workspace.file().toString())))
                    .contains("1 created");
        }
        Files.delete(state.resolve("temporal.db"));

        try (DevStack stack = DevStack.start(state, workspace.folder())) {
            assertThat(done(septet(state, "recover")))
                    .contains("ended     run      " + WATCHED)
                    .contains("lost      schedule " + WATCHED)
                    .as("the record is the state before a check; a check follows each second")
                    .containsPattern("lost      monitor  " + MONITOR + " .*, [12] checks\n");
            assertThat(done(septet(state, "recover", "--start")))
                    .contains("started   monitor  " + MONITOR, "started   schedule " + WATCHED, "next run 20");
            assertThat(done(septet(state, "recover")))
                    .contains("there     monitor  " + MONITOR, "there     schedule " + WATCHED);
            assertThat(done(septet(state, "apply", workspace.file().toString())))
                    .contains("1 unchanged");

            // A monitor without its cursor would read all rows as one window.
            assertThat(DriftIT.awaitWindows(stack, 2).retraining()).isNull();
            DriftIT.append(log, tickets.subList(TRAINED, TRAINED + WINDOW), " qx zv 99 kk plugh wq ".repeat(12));
            String retraining = await("the retraining run")
                    .atMost(PATIENCE)
                    .until(() -> DriftIT.monitor(stack).retraining(), Objects::nonNull);
            PipelineReport second = stack.result(stack.client().newUntypedWorkflowStub(retraining), PATIENCE);
            assertThat(second.deployment()).isNotNull();
            assertThat(Objects.requireNonNull(second.run()).runId())
                    .isNotEqualTo(Objects.requireNonNull(first.run()).runId());

            ScheduleHandle schedule = ScheduleClient.newInstance(stack.client().getWorkflowServiceStubs())
                    .getHandle(WATCHED);
            schedule.trigger(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL);
            ScheduleActionResult action = await("the run of the schedule")
                    .atMost(PATIENCE)
                    .until(() -> schedule.describe().getInfo().getRecentActions(), actions -> !actions.isEmpty())
                    .get(0);
            String id = ((ScheduleActionExecutionStartWorkflow) action.getAction()).getWorkflowId();
            assertThat(stack.result(stack.client().newUntypedWorkflowStub(id), PATIENCE)
                            .deployment())
                    .isNotNull();
        }
    }

    private static ArtifactRef trained(PipelineReport report) {
        return Objects.requireNonNull(report.checkpoint()).artifact();
    }

    private static Shell.Said septet(Path state, String... words) throws Exception {
        return Shell.septet(Workspace.CHECKOUT, Map.of("SEPTET_STATE", state.toString(), "NO_COLOR", "1"), 120, words);
    }

    private static String done(Shell.Said said) {
        assertThat(said.status()).as(said.all()).isZero();
        return said.out();
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
