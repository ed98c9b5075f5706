package dev.septet.workers.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.septet.llm.cuda.NvidiaCard;
import dev.septet.workers.StateFolder;
import dev.septet.workers.server.ServerFile;
import dev.septet.workers.server.ServerPorts;
import dev.septet.workers.server.ServerProblem;
import dev.septet.workers.server.ServerRef;
import dev.septet.workflows.TaskQueues;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real server and real worker processes. */
@Timeout(420)
@Tag("long")
class LocalClusterTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private Path folder = Path.of("");

    private final List<String> notes = new CopyOnWriteArrayList<>();

    @Test
    void startsRestartsAndEndsItsProcesses() throws IOException {
        LocalSettings settings = settings(List.of());
        long server;
        try (LocalCluster cluster = LocalCluster.start(settings, null, notes::add)) {
            Connection connection = cluster.connection();
            assertThat(connection.server().kind()).isEqualTo(ServerRef.Kind.OWN);
            assertThat(new ServerFile(settings.state().server()).read()).contains(connection.server());
            assertThat(new CatalogueFile(settings.state()).read()).containsExactlyElementsOf(settings.catalogue());
            assertThat(retentionDays(connection)).isEqualTo(30);
            awaitPollers(connection, TaskQueues.LIGHT);
            awaitPollers(connection, TaskQueues.TRAINING);

            assertThatThrownBy(() -> LocalCluster.start(settings, null, notes::add))
                    .isInstanceOf(ServerProblem.class)
                    .hasMessageContaining(String.format(
                            Locale.ROOT,
                            "process %d already runs",
                            ProcessHandle.current().pid()));

            long light = pid("light");
            kill(light);
            awaitOther("light", light);
            assertThat(notes).contains("the light process died (status 137); starting it again");

            long first = pid("server");
            kill(first);
            server = awaitOther("server", first);
            awaitPollers(connection, TaskQueues.LIGHT);
        }
        assertThat(ProcessHandle.of(server).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(settings.state().server()).doesNotExist();
        assertThat(settings.state().database()).exists();
    }

    @Test
    void aTrainingWorkerForEachCardPolls() throws IOException {
        List<NvidiaCard> cards = List.of(new NvidiaCard(0, "", "one", ""), new NvidiaCard(2, "", "two", ""));
        try (LocalCluster cluster = LocalCluster.start(settings(cards), null, notes::add)) {
            await().atMost(LIMIT)
                    .until(() -> identities(cluster.connection(), TaskQueues.TRAINING).stream()
                                    .map(identity -> Long.parseLong(identity.replaceFirst("@.*", "")))
                                    .filter(List.of(pid("training-0"), pid("training-2"))::contains)
                                    .count()
                            == 2);
            assertThat(folder.resolve("state/processes/training.pid")).doesNotExist();
        }
    }

    private LocalSettings settings(List<NvidiaCard> cards) throws IOException {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("SEPTET_TEMPORAL_CLI", RealBinary.path().toString());
        Path pipelines = Files.createDirectories(folder.resolve("pipelines"));
        return new LocalSettings(
                new StateFolder(folder.resolve("state")),
                List.of(pipelines),
                List.of(),
                new ServerPorts(0, 0),
                1,
                SelfCommand.current("dev.septet.workers.cli.Septet", folder),
                environment,
                cards);
    }

    private static void awaitPollers(Connection connection, String queue) {
        await().atMost(LIMIT)
                .ignoreExceptionsInstanceOf(StatusRuntimeException.class) // slow is not dead
                .until(() -> !identities(connection, queue).isEmpty());
    }

    private static List<String> identities(Connection connection, String queue) {
        return connection
                .stubs()
                .blockingStub()
                .withWaitForReady()
                .describeTaskQueue(DescribeTaskQueueRequest.newBuilder()
                        .setNamespace(ServerRef.NAMESPACE)
                        .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                        .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                        .build())
                .getPollersList()
                .stream()
                .map(PollerInfo::getIdentity)
                .toList();
    }

    private static long retentionDays(Connection connection) {
        return Duration.ofSeconds(connection
                        .stubs()
                        .blockingStub()
                        .describeNamespace(DescribeNamespaceRequest.newBuilder()
                                .setNamespace(ServerRef.NAMESPACE)
                                .build())
                        .getConfig()
                        .getWorkflowExecutionRetentionTtl()
                        .getSeconds())
                .toDays();
    }

    private long awaitOther(String name, long pid) throws IOException {
        await().atMost(LIMIT)
                .ignoreExceptionsInstanceOf(NoSuchFileException.class) // it was there a moment ago
                .until(() -> pid(name) != 0 && pid(name) != pid);
        return pid(name);
    }

    /** Of the process itself; 0 while it is being started. */
    private long pid(String name) throws IOException {
        Path file = folder.resolve("state/processes/" + name + ".pid");
        return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
    }

    private static void kill(long pid) {
        assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
    }
}
