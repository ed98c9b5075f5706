package dev.septet.workers.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.host.HostFile;
import dev.septet.activities.host.Hosts;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.workers.StateFolder;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.RealServer;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.host.Host;
import io.grpc.StatusRuntimeException;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.PollActivityTaskQueueRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two machines on one server, and a pipeline whose model is a folder of one of them. */
@Tag("long")
class SharingChecksTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void tellsWhichPipelinesFilesAreOfOneMachine() throws Exception {
        LocalStore store = new LocalStore(folder.resolve("store"));
        published(store, "bucket", "s3://models/out");
        try (RealServer server = RealServer.start(folder)) {
            SharingChecks checks = new SharingChecks(server.connection(), new StateFolder(folder), store, Map.of());
            poll(server.connection(), "1@attic");
            published(store, "desk", "/srv/models/desk");
            assertThat(checks.look()).as("one machine").isEmpty();

            poll(server.connection(), "1@cellar");

            assertThat(checks.look())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.found())
                            .startsWith("workers on attic, cellar share the task"
                                    + " queues, but desk is published into"
                                    + " folders"));
        }
    }

    @Test
    void saysWhichHostHasAPipelinesFiles() throws Exception {
        LocalStore store = new LocalStore(folder.resolve("store"));
        StateFolder here = new StateFolder(folder.resolve("here"));
        Host own = HostFile.of(here.path());
        Hosts hosts = new Hosts(store);
        hosts.move("mine", own);
        hosts.move("theirs", new Host("0123456789abcdef", "cellar:/srv/state"));
        published(store, "old", "/srv/models/old");
        published(store, "bucket", "s3://models/out");
        try (RealServer server = RealServer.start(folder)) {
            poll(server.connection(), "1@attic", own.queue());

            List<Finding> findings = new SharingChecks(
                            server.connection(), here, store, Map.of("SEPTET_STORE", "s3://shared/store"))
                    .look();

            assertThat(findings)
                    .extracting(finding -> finding.level() + ": " + finding.found())
                    .containsExactly(
                            "OK: the files of mine are on this machine",
                            "WARN: old was published by an earlier version of Septet, which did not record the host:"
                                    + " its files are on one machine, and no record names that machine",
                            "WARN: the files of theirs are on host cellar:/srv/state, and no worker"
                                    + " there polls its task queue septet@0123456789abcdef:"
                                    + " publications, canaries and monitor checks of theirs wait");
            assertThat(findings.get(1).next()).contains("`septet adopt old`");
            assertThat(findings.get(2).next()).contains("`septet adopt theirs`");
        }
    }

    private static void published(LocalStore store, String pipeline, String target) throws IOException {
        store.putRecord(
                "aliases/" + pipeline,
                "{\"targets\":[{\"type\":\"directory\",\"folder\":\"%s\"}],\"moves\":[]}".formatted(target),
                new Fence("test", 1));
    }

    private static void poll(Connection connection, String identity) {
        poll(connection, identity, TaskQueues.LIGHT);
    }

    private static void poll(Connection connection, String identity, String queue) {
        try {
            connection
                    .stubs()
                    .blockingStub()
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .pollActivityTaskQueue(PollActivityTaskQueueRequest.newBuilder()
                            .setNamespace(connection.server().namespace())
                            .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                            .setIdentity(identity)
                            .build());
        } catch (StatusRuntimeException nothingToDo) {
            // As expected: nobody sends work there.
        }
    }
}
