package dev.septet.workers.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.RealServer;
import dev.septet.workflows.TaskQueues;

import io.grpc.StatusRuntimeException;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.PollActivityTaskQueueRequest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Two machines on one server, and a pipeline whose model is a folder of one of them. */
class SharingChecksTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void tellsWhichPipelinesFilesAreOfOneMachine() throws Exception {
        LocalStore store = new LocalStore(folder.resolve("store"));
        published(store, "bucket", "s3://models/out");
        try (RealServer server = RealServer.start(folder)) {
            SharingChecks checks = new SharingChecks(server.connection(), store, Map.of());
            poll(server.connection(), "1@attic");
            published(store, "desk", "/srv/models/desk");
            assertThat(checks.look()).as("one machine").isEmpty();

            poll(server.connection(), "1@cellar");

            assertThat(checks.look())
                    .singleElement()
                    .satisfies(
                            finding ->
                                    assertThat(finding.found())
                                            .startsWith(
                                                    "workers on attic, cellar share the task queues, but desk is published into folders"));
        }
    }

    private static void published(LocalStore store, String pipeline, String target)
            throws IOException {
        store.putRecord(
                "aliases/" + pipeline,
                "{\"targets\":[{\"type\":\"directory\",\"folder\":\"%s\"}],\"moves\":[]}"
                        .formatted(target),
                new Fence("test", 1));
    }

    private static void poll(Connection connection, String identity) {
        try {
            connection
                    .stubs()
                    .blockingStub()
                    .withDeadlineAfter(3, TimeUnit.SECONDS)
                    .pollActivityTaskQueue(
                            PollActivityTaskQueueRequest.newBuilder()
                                    .setNamespace(connection.server().namespace())
                                    .setTaskQueue(TaskQueue.newBuilder().setName(TaskQueues.LIGHT))
                                    .setIdentity(identity)
                                    .build());
        } catch (StatusRuntimeException nothingToDo) {
            // As expected: nobody sends work there.
        }
    }
}
