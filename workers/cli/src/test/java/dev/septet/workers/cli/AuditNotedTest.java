package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditWriter;
import dev.septet.activities.audit.AuditedQuestion;
import dev.septet.activities.audit.Reply;
import dev.septet.activities.audit.ServedBy;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.RealServer;
import dev.septet.workers.server.ServerFile;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.monitor.Observation;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code septet audit verify} against what is in a monitor's history on a real server. */
class AuditNotedTest {
    private static final String ID = "support/monitor";

    @TempDir
    private Path home = Path.of("");

    /** What a check of the monitor returns. */
    @ActivityInterface
    public interface Check {
        Observation observe();
    }

    /** Two checks. */
    @WorkflowInterface
    public interface Monitor {
        @WorkflowMethod(name = "Monitor")
        void monitor();
    }

    /** Two checks. */
    public static final class MonitorImpl implements Monitor {
        private final Check check = Workflow.newActivityStub(
                Check.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofMinutes(1))
                        .build());

        @Override
        public void monitor() {
            check.observe();
            check.observe();
        }
    }

    @Test
    void aLogThatIsShorterOrGoneIsBroken() throws Exception {
        write();
        try (RealServer server = RealServer.start(Files.createDirectory(home.resolve("server")))) {
            Captured septet = new Captured(home);
            new ServerFile(home.resolve("state/server.json"))
                    .write(server.connection().server());
            note(server.connection());
            assertThat(septet.run("audit", "verify", "support")).isEqualTo(ExitCode.OK);

            Path file = log().resolve("audit-000000000000000.jsonl");
            Files.write(file, Files.readAllLines(file).subList(0, 2));
            Files.delete(log().resolve("head.json"));
            assertThat(septet.run("audit", "verify", "support")).isEqualTo(ExitCode.LOG_BROKEN);
            assertThat(septet.out()).contains("ends with line 2, but the monitor noted line 4 in its history");

            Files.delete(file);
            assertThat(septet.run("audit", "verify", "support")).isEqualTo(ExitCode.LOG_BROKEN);
            assertThat(septet.out()).contains("the monitor noted line 4");
        }
    }

    private void note(Connection connection) {
        AuditLogs logs = logs();
        WorkerFactory factory = WorkerFactory.newInstance(connection.client());
        Worker worker = factory.newWorker(TaskQueues.LIGHT);
        worker.registerWorkflowImplementationTypes(MonitorImpl.class);
        Check check = () -> {
            try {
                return new Observation(0, false, 0, List.of())
                        .withHead(logs.head("support").orElseThrow());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        };
        worker.registerActivitiesImplementations(check);
        factory.start();
        connection
                .client()
                .newWorkflowStub(
                        Monitor.class,
                        WorkflowOptions.newBuilder()
                                .setWorkflowId(ID)
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build())
                .monitor();
        factory.shutdownNow();
    }

    private AuditLogs logs() {
        return new AuditLogs(home.resolve("state/audit"), AtRestEncryption.none());
    }

    private void write() throws IOException {
        try (AuditWriter writer = logs().writer("support", AuditSettings.DEFAULT)) {
            for (int number = 1; number <= 4; number++) {
                writer.append(new AnswerEvent(
                        "a" + number,
                        Instant.parse("2026-03-01T12:00:00Z"),
                        new ServedBy("support", "support", "v1", Arm.CHAMPION),
                        AuditedQuestion.of("question " + number),
                        Reply.of("answer", "stop", 12, 5, 40)));
            }
        }
    }

    private Path log() {
        return home.resolve("state/audit/support");
    }
}
