package dev.septet.workers.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.workers.StateFolder;
import dev.septet.workers.doctor.Finding.Level;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.RealServer;
import dev.septet.workflows.TaskQueues;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A published pipeline whose monitor was ended, and one whose checks fail. */
@Tag("long")
class DeadMonitorTest {
    private static final String ID = "watched/monitor";

    @TempDir
    private Path folder = Path.of("");

    /** What a check does. */
    @ActivityInterface
    public interface Check {
        void check();
    }

    /** A monitor, as far as the doctor is concerned. */
    @WorkflowInterface
    public interface Monitor {
        @WorkflowMethod(name = "Monitor")
        void monitor(Map<String, String> request);
    }

    /** Its checks fail for ever. */
    public static final class MonitorImpl implements Monitor {
        private final Check check = Workflow.newActivityStub(
                Check.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofMinutes(1))
                        .setRetryOptions(RetryOptions.newBuilder()
                                .setInitialInterval(Duration.ofMillis(20))
                                .setBackoffCoefficient(1)
                                .build())
                        .build());

        @Override
        public void monitor(Map<String, String> request) {
            check.check();
        }
    }

    @Test
    void aMonitorThatEndedIsStartedAgainWithWhatItHad() throws Exception {
        StateFolder state = state();
        LocalStore store = published();
        try (RealServer server = RealServer.start(folder)) {
            Connection connection = server.connection();
            MonitorChecks look = checks(connection, state, store, false);
            assertThat(look.look())
                    .singleElement()
                    .extracting(Finding::next)
                    .isEqualTo("the next run of the pipeline starts it");

            WorkflowStub monitor = begin(connection);
            assertThat(look.look()).containsExactly(Finding.ok("monitor", ID + " runs"));
            monitor.terminate("by accident");
            assertThat(look.look())
                    .singleElement()
                    .extracting(Finding::next)
                    .isEqualTo("`septet doctor --fix` starts it again");

            assertThat(checks(connection, state, store, true).look())
                    .singleElement()
                    .extracting(Finding::level)
                    .isEqualTo(Level.OK);
            assertThat(look.look()).containsExactly(Finding.ok("monitor", ID + " runs"));
            assertThat(input(connection)).isEqualTo("{\"cursor\":\"17\"}");

            failing(connection);
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(look.look().get(0).found())
                            .contains("its checks fail")
                            .contains("the log is gone"));
        }
    }

    private static MonitorChecks checks(Connection connection, StateFolder state, LocalStore store, boolean fix) {
        return new MonitorChecks(connection, state, store, Map.of(), fix);
    }

    private static WorkflowStub begin(Connection connection) {
        WorkflowStub monitor = connection
                .client()
                .newUntypedWorkflowStub(
                        "Monitor",
                        WorkflowOptions.newBuilder()
                                .setWorkflowId(ID)
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build());
        monitor.start(Map.of("cursor", "17"));
        return monitor;
    }

    private static String input(Connection connection) {
        return connection
                .client()
                .fetchHistory(ID)
                .getEvents()
                .get(0)
                .getWorkflowExecutionStartedEventAttributes()
                .getInput()
                .getPayloads(0)
                .getData()
                .toStringUtf8();
    }

    private static void failing(Connection connection) {
        WorkerFactory factory = WorkerFactory.newInstance(connection.client());
        Worker worker = factory.newWorker(TaskQueues.LIGHT);
        worker.registerWorkflowImplementationTypes(MonitorImpl.class);
        Check check = () -> {
            throw new IllegalStateException("the log is gone");
        };
        worker.registerActivitiesImplementations(check);
        factory.start();
    }

    private StateFolder state() throws IOException {
        StateFolder state = new StateFolder(folder.resolve("state"));
        Path catalogue = Files.createDirectories(folder.resolve("pipelines"));
        Files.writeString(catalogue.resolve("watched.groovy"), """
            pipeline('watched') {
                prepare    { dataset 'data/rows.jsonl' }
                initialize { model 'model' }
                train      { method lora() }
                deploy     { target directory('out') }
                monitor    { every 6.hours; log 'audit.jsonl'; drift psi, on: promptLength, above: 0.2 }
            }
            """);
        Files.createDirectories(catalogue.resolve("model"));
        Files.writeString(Files.createDirectories(catalogue.resolve("data")).resolve("rows.jsonl"), "{}");
        Files.createDirectories(state.path());
        Files.writeString(
                state.path().resolve("catalogue.json"),
                JsonMapper.builder().build().writeValueAsString(List.of(catalogue.toString())));
        return state;
    }

    private LocalStore published() throws IOException {
        LocalStore store = new LocalStore(folder.resolve("store"));
        store.putRecord("aliases/watched", "{\"targets\":[],\"moves\":[]}", new Fence("test", 1));
        return store;
    }
}
