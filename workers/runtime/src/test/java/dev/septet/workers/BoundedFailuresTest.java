package dev.septet.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.TaskQueues;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Failures of workflows and updates are bounded, say their cause, and those of other queues stay as they are. */
class BoundedFailuresTest {
    /** More than the server keeps, in characters of 4 bytes. */
    private static final String LONG = "\uD83D\uDD25".repeat(50_000);

    /** The greatest size of a final failure, with its type and the overhead of the protocol. */
    private static final int LIMIT = 25 * 1024;

    @TempDir
    private Path folder = Path.of("");

    @WorkflowInterface
    public interface Talk {
        @WorkflowMethod
        String talk();

        @UpdateMethod
        String refused(String text);

        @UpdateValidatorMethod(updateName = "refused")
        void check(String text);

        @UpdateMethod
        String failing(String text);

        @UpdateMethod
        String end();
    }

    public static final class TalkImpl implements Talk {
        private boolean ended;

        @Override
        public String talk() {
            Workflow.await(() -> ended);
            throw FailureType.GATE_FAILED.of("the gate said NO_GO. " + LONG, causes(40));
        }

        @Override
        public String refused(String text) {
            return text;
        }

        @Override
        public void check(String text) {
            throw new IllegalArgumentException("refused, because " + LONG, causes(40));
        }

        @Override
        public String failing(String text) {
            throw FailureType.REFUSED.of("it fails, because " + LONG, causes(40));
        }

        @Override
        public String end() {
            ended = true;
            return "";
        }

        private static Throwable causes(int depth) {
            Throwable cause = new IllegalStateException("the root of it");
            for (int level = 0; level < depth; level++) {
                cause = ApplicationFailure.newFailureWithCause("level " + LONG, "Level", cause);
            }
            return cause;
        }
    }

    @Test
    void ofWorkflowsAndUpdates() {
        SeptetPlugin plugin = new SeptetPlugin(
                WorkerSettings.of(Role.ALL, new StateFolder(folder), List.of()),
                new Implementations(List.of(), List.of()),
                new Shutdown());
        try (TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                        WorkflowClientOptions.newBuilder().setPlugins(plugin).build())
                .build())) {
            server.newWorker(TaskQueues.LIGHT).registerWorkflowImplementationTypes(TalkImpl.class);
            server.start();
            WorkflowStub stub = server.getWorkflowClient()
                    .newUntypedWorkflowStub(
                            "Talk",
                            WorkflowOptions.newBuilder()
                                    .setWorkflowId("talk")
                                    .setTaskQueue(TaskQueues.LIGHT)
                                    .build());
            stub.start();

            said(catchThrowable(() -> stub.update("refused", String.class, "x")), "refused, because");
            Throwable failing = catchThrowable(() -> stub.update("failing", String.class, "x"));
            said(failing, "it fails, because");
            assertThat(failing).rootCause().hasMessageContaining("the root of it");
            assertThat(stub.update("end", String.class)).isEmpty();
            assertThatThrownBy(() -> stub.getResult(String.class))
                    .isInstanceOf(WorkflowFailedException.class)
                    .hasStackTraceContaining("the root of it");

            List<Failure> failures = server.getWorkflowClient().fetchHistory("talk").getEvents().stream()
                    .flatMap(event -> failure(event).stream())
                    .toList();
            assertThat(failures).as("of an update and of the workflow").hasSize(2);
            for (Failure failure : failures) {
                assertThat(failure.getSerializedSize()).isLessThan(LIMIT);
            }
            assertThat(failures.get(1).getApplicationFailureInfo().getType()).isEqualTo("GateFailed");
            assertThat(failures.get(1).getMessage())
                    .startsWith("the gate said NO_GO. \uD83D\uDD25")
                    .endsWith(" ...");
        }
    }

    private static void said(Throwable problem, String begin) {
        assertThat(problem).isInstanceOf(WorkflowUpdateException.class).hasStackTraceContaining(begin);
        assertThat(String.valueOf(problem.getCause())).hasSizeLessThan(LIMIT);
    }

    private static List<Failure> failure(HistoryEvent event) {
        return switch (event.getEventType()) {
            case EVENT_TYPE_WORKFLOW_EXECUTION_FAILED ->
                List.of(event.getWorkflowExecutionFailedEventAttributes().getFailure());
            case EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED ->
                event.getWorkflowExecutionUpdateCompletedEventAttributes()
                                .getOutcome()
                                .hasFailure()
                        ? List.of(event.getWorkflowExecutionUpdateCompletedEventAttributes()
                                .getOutcome()
                                .getFailure())
                        : List.of();
            default -> List.of();
        };
    }
}
