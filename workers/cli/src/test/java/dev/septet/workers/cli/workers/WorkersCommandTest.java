package dev.septet.workers.cli.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.local.RealServer;
import dev.septet.workers.server.ServerFile;
import dev.septet.workers.version.WorkerVersion;
import dev.septet.workflows.TaskQueues;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The versions of workers, as an operator sees and changes them. */
class WorkersCommandTest {
    private static final Duration SOON = Duration.ofMinutes(2);

    @TempDir
    private Path folder = Path.of("");

    /** A run that waits. */
    @WorkflowInterface
    public interface Pipeline {
        @WorkflowMethod(name = "Pipeline")
        void run();
    }

    /** Waits. */
    public static final class PipelineImpl implements Pipeline {
        @Override
        public void run() {
            Workflow.sleep(Duration.ofDays(1));
        }
    }

    @Test
    @Tag("long")
    void showsAndChangesWhereRunsBegin() throws IOException {
        List<WorkerFactory> factories = new ArrayList<>();
        Captured septet = new Captured(folder);
        Path state = Files.createDirectories(septet.session().state().path());
        try (RealServer server = RealServer.start(state)) {
            WorkflowClient client = server.connection().client();
            new ServerFile(septet.session().state().server())
                    .write(server.connection().server());
            assertThat(septet.run("workers")).isEqualTo(ExitCode.OK);
            assertThat(septet.err()).contains("`septet worker --build-id ID` starts one");
            assertThat(septet.run("workers", "current", "1")).isEqualTo(ExitCode.NOT_FOUND);
            assertThat(septet.err())
                    .contains(
                            "no worker of version septet:1 has polled this server. Start one with `septet worker --build-id 1`");

            factories.add(worker(client, "1"));
            await().atMost(SOON).untilAsserted(() -> {
                septet.run("workers");
                assertThat(septet.out()).contains("1     | inactive | 1 on septet | 0");
            });
            assertThat(septet.err()).contains("No version of septet is current, so new runs wait");
            assertThat(septet.run("doctor")).isEqualTo(ExitCode.RUN_FAILED);
            assertThat(septet.out()).contains("fail  versions   workers of deployment septet poll, but none of its");
            begin(client, "early");
            assertThat(septet.run("status", "early")).isEqualTo(ExitCode.OK);
            assertThat(septet.out().replaceAll("\\s+", " "))
                    .contains("workers of version septet:1 poll the task queue `septet`, but no version is current;"
                            + " `septet workers current 1` lets them take runs");

            assertThat(septet.run("workers", "current", "1")).isEqualTo(ExitCode.OK);
            assertThat(septet.out()).contains("septet:1 is current: new runs begin on it, and monitors move to it");
            await().atMost(SOON).untilAsserted(() -> {
                septet.run("workers", "--json");
                JsonNode version = SpecJson.mapper().readTree(septet.out()).at("/deployments/0/versions/0");
                assertThat(version.path("state").asText()).isEqualTo("current");
                assertThat(version.path("pinned").asInt()).isEqualTo(1);
                assertThat(version.path("runs").get(0).asText()).isEqualTo("early");
                assertThat(version.path("workers").path("septet").asInt()).isEqualTo(1);
            });
            septet.run("status", "early", "--json");
            assertThat(SpecJson.mapper().readTree(septet.out()).path("version").asText())
                    .isEqualTo("septet:1");

            factories.add(worker(client, "2"));
            await().atMost(SOON).until(() -> septet.run("workers", "ramp", "2", "--percent", "10") == ExitCode.OK);
            assertThat(septet.out()).contains("10% of new runs begin on septet:2");
            septet.run("workers");
            assertThat(septet.out()).contains("ramping, 10% of new runs");
            assertThat(septet.run("workers", "current", "2")).isEqualTo(ExitCode.OK);
            assertThat(septet.run("workers", "move", "early", "--to", "2")).isEqualTo(ExitCode.OK);
            assertThat(septet.out()).contains("early is pinned to septet:2");
            assertThat(septet.run("workers", "move", "nobody", "--to", "2")).isEqualTo(ExitCode.NOT_FOUND);
            assertThat(septet.err()).contains("there is no open run 'nobody'. `septet runs` lists runs");
            assertThat(septet.run("workers", "move", "early", "--to", "3")).isEqualTo(ExitCode.NOT_FOUND);
            assertThat(septet.err()).contains("Known builds of septet: 2, 1");
            factories.forEach(WorkersCommandTest::stop);
        }
    }

    @Test
    void badRequestsAreRefusedBeforeTheServerIsAsked() {
        Captured septet = new Captured(folder).with("TEMPORAL_ADDRESS", "127.0.0.1:1");
        assertThat(septet.run("workers", "current")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("name either a BUILD or --unversioned");
        assertThat(septet.run("workers", "current", "1", "--unversioned")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("workers", "ramp", "1", "--percent", "101")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("--percent is from 0 to 100, got 101");
        assertThat(septet.run("workers", "ramp", "1", "--percent", "NaN")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("workers", "move")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("worker", "--build-id", "a b")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("a build id has 1 to 63 letters, digits and . _ + -, got 'a b'");
        assertThat(septet.run("worker", "--deployment", "gpu")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("add --build-id ID");
        assertThat(septet.run("workers")).isEqualTo(ExitCode.SERVER_UNREACHABLE);
    }

    private static WorkerFactory worker(WorkflowClient client, String build) {
        WorkerFactory factory = WorkerFactory.newInstance(client);
        Worker worker = factory.newWorker(
                TaskQueues.LIGHT,
                WorkerOptions.newBuilder()
                        .setDeploymentOptions(new WorkerVersion("septet", build).options())
                        .build());
        worker.registerWorkflowImplementationTypes(PipelineImpl.class);
        factory.start();
        return factory;
    }

    private static void stop(WorkerFactory factory) {
        factory.shutdownNow();
        factory.awaitTermination(10, TimeUnit.SECONDS);
    }

    private static void begin(WorkflowClient client, String id) {
        client.newUntypedWorkflowStub(
                        "Pipeline",
                        WorkflowOptions.newBuilder()
                                .setWorkflowId(id)
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build())
                .start();
    }
}
