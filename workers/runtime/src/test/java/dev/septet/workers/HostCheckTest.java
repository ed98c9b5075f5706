package dev.septet.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.host.Hosts;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.canary.CanaryActivities;
import dev.septet.workflows.canary.CanaryReading;
import dev.septet.workflows.canary.CanaryTrial;
import dev.septet.workflows.host.Host;
import dev.septet.workflows.monitor.LogWindow;
import dev.septet.workflows.monitor.MonitorRequest;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker of the attic is asked for work on the files of pipelines. */
class HostCheckTest {
    private static final Host ATTIC = new Host("00000000000000a1", "attic:/srv/state");
    private static final Host CELLAR = new Host("00000000000000c2", "cellar:/srv/state");

    @TempDir
    private Path folder = Path.of("");

    /** Asks for one activity that is bound to files. */
    @WorkflowInterface
    public interface Ask {
        @WorkflowMethod
        String ask(String pipeline, String queue);
    }

    public static final class AskImpl implements Ask {
        @Override
        public String ask(String pipeline, String queue) {
            CanaryActivities log = Workflow.newActivityStub(
                    CanaryActivities.class,
                    ActivityOptions.newBuilder()
                            .setTaskQueue(queue)
                            .setStartToCloseTimeout(Duration.ofMinutes(1))
                            .setRetryOptions(RetryOptions.newBuilder()
                                    .setMaximumAttempts(1)
                                    .build())
                            .build());
            try {
                return "" + log.cursor(new RunRef(pipeline, "run-1", "/srv", "5eed"));
            } catch (ActivityFailure failure) {
                ApplicationFailure cause = Objects.requireNonNull(FailureCauses.root(failure));
                return "%s%s: %s"
                        .formatted(
                                cause.getType(), cause.isNonRetryable() ? ", final" : "", cause.getOriginalMessage());
            }
        }
    }

    /** A log of 7 bytes. */
    static final class Log implements CanaryActivities {
        @Override
        public long cursor(RunRef run) {
            return 7;
        }

        @Override
        public CanaryReading check(CanaryTrial trial) {
            return new CanaryReading(0, 0, List.of());
        }
    }

    @Test
    void workOnFilesBeginsOnTheirHostOnly() throws IOException {
        Hosts hosts = new Hosts(new LocalStore(folder));
        hosts.move("ours", ATTIC);
        hosts.move("theirs", CELLAR);
        try (TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(new HostCheck(ATTIC, hosts))
                        .build())
                .build())) {
            var light = server.newWorker(TaskQueues.LIGHT);
            light.registerWorkflowImplementationTypes(AskImpl.class);
            light.registerActivitiesImplementations(new Log());
            server.newWorker(ATTIC.queue()).registerActivitiesImplementations(new Log());
            server.start();

            assertThat(ask(server, "ours", ATTIC.queue())).isEqualTo("7");
            assertThat(ask(server, "unpublished", TaskQueues.LIGHT)).isEqualTo("7");
            String where =
                    "the files of 'theirs' are on host cellar:/srv/state; this worker is on host attic:/srv/state";
            assertThat(ask(server, "theirs", TaskQueues.LIGHT))
                    .as("another worker may be the right one")
                    .isEqualTo(FailureType.ELSEWHERE.type() + ": " + where);
            assertThat(ask(server, "theirs", ATTIC.queue()))
                    .as("no other worker comes")
                    .isEqualTo(FailureType.ELSEWHERE.type() + ", final: " + where);
        }
    }

    /** As monitors do that an earlier version began. */
    @Test
    void aCheckThatReadsTheLogItselfIsBound() {
        RunRef run = new RunRef("hello", "run-1", "/srv", "5eed");
        MonitorRequest alone = asked(Map.of("run", run));
        LogWindow read = new LogWindow(60, 0, "d".repeat(64), 0, null);
        MonitorRequest helped = asked(Map.of("run", run, "window", read));

        for (String check : List.of("Count", "Observe")) {
            assertThat(HostCheck.boundTo(check, new Object[] {alone})).isEqualTo(run);
            assertThat(HostCheck.boundTo(check, new Object[] {helped})).isNull();
        }
    }

    private static MonitorRequest asked(Map<String, Object> fields) {
        return SpecJson.mapper().convertValue(fields, MonitorRequest.class);
    }

    private static String ask(TestWorkflowEnvironment server, String pipeline, String queue) {
        return ask(server, TaskQueues.LIGHT, pipeline, queue);
    }

    /** The position in the log, or why there is none. */
    static String ask(TestWorkflowEnvironment server, String workflows, String pipeline, String queue) {
        return server.getWorkflowClient()
                .newWorkflowStub(
                        Ask.class,
                        WorkflowOptions.newBuilder().setTaskQueue(workflows).build())
                .ask(pipeline, queue);
    }
}
