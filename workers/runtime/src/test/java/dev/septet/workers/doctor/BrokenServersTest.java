package dev.septet.workers.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.workers.StateFolder;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.RealServer;
import dev.septet.workflows.TaskQueues;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.PollWorkflowTaskQueueRequest;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleOptions;
import io.temporal.client.schedules.ScheduleSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server with workers that do nothing and schedules that start nothing. */
@Tag("long")
class BrokenServersTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void whatAServerShows() throws Exception {
        try (RealServer server = RealServer.start(folder)) {
            aPausedSchedule(server.connection());
            aWorkerThatIsSilent(server.connection());
        }
    }

    private static void aPausedSchedule(Connection connection) {
        ScheduleClient client = ScheduleClient.newInstance(connection.stubs());
        client.createSchedule(
                        "nightly",
                        Schedule.newBuilder()
                                .setAction(ScheduleActionStartWorkflow.newBuilder()
                                        .setWorkflowType("Pipeline")
                                        .setOptions(WorkflowOptions.newBuilder()
                                                .setWorkflowId("nightly")
                                                .setTaskQueue(TaskQueues.LIGHT)
                                                .build())
                                        .build())
                                .setSpec(ScheduleSpec.newBuilder()
                                        .setCronExpressions(List.of("0 2 * * *"))
                                        .build())
                                .build(),
                        ScheduleOptions.newBuilder().build())
                .pause("the data is being cleaned");

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(new ServerChecks(connection, true).look())
                        .contains(Finding.warn(
                                "schedule",
                                "the schedule nightly is paused: the data is being cleaned",
                                "temporal schedule toggle --unpause --schedule-id nightly")));
    }

    private void aWorkerThatIsSilent(Connection connection) throws Exception {
        StateFolder state = new StateFolder(folder.resolve("state"));
        Files.createDirectories(state.processes());
        Process worker = new ProcessBuilder("sleep", "600").start();
        try {
            Files.writeString(state.processes().resolve("light.pid"), worker.pid() + "\n");
            assertThat(hung(connection, state, Duration.ofMinutes(5)))
                    .as("young")
                    .isEmpty();
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> !hung(connection, state, Duration.ofSeconds(1)).isEmpty());
            assertThat(hung(connection, state, Duration.ofSeconds(1)))
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.found()).contains("hangs", "" + worker.pid());
                        assertThat(finding.next()).startsWith("kill -9 " + worker.pid());
                    });
            poll(connection, worker.pid() + "@here");
            assertThat(hung(connection, state, Duration.ofSeconds(30)))
                    .as("polls")
                    .isEmpty();

            signal(worker, "STOP");
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> !hung(connection, state, Duration.ofMinutes(5)).isEmpty());
            assertThat(hung(connection, state, Duration.ofMinutes(5)).get(0).next())
                    .isEqualTo("kill -CONT " + worker.pid());
            Files.writeString(state.processes().resolve("training-2.pid"), worker.pid() + "\n");
            assertThat(new WorkerChecks(connection, state).look())
                    .contains(Finding.warn(
                            "workers",
                            String.format(Locale.ROOT, "the training-2 worker (process %d) is stopped", worker.pid()),
                            "kill -CONT " + worker.pid()));
        } finally {
            worker.destroyForcibly().waitFor();
        }
        assertThat(hung(connection, state, Duration.ZERO))
                .as("dead is not hung")
                .isEmpty();
    }

    private static List<Finding> hung(Connection connection, StateFolder state, Duration silent) {
        return new HungWorkers(connection, state, silent)
                .look("light", TaskQueues.LIGHT, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW);
    }

    private static void poll(Connection connection, String identity) {
        try {
            connection
                    .stubs()
                    .blockingStub()
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .pollWorkflowTaskQueue(PollWorkflowTaskQueueRequest.newBuilder()
                            .setNamespace(connection.server().namespace())
                            .setTaskQueue(TaskQueue.newBuilder().setName(TaskQueues.LIGHT))
                            .setIdentity(identity)
                            .build());
        } catch (StatusRuntimeException nothingToDo) {
            // As expected.
        }
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }
}
