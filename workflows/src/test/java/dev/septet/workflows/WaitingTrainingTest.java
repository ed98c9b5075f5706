package dev.septet.workflows;

import static dev.septet.workflows.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.train.OutsideTrainingActivities;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainOutcome;
import dev.septet.workflows.train.TrainRequest;
import dev.septet.workflows.train.TrainStatus;
import dev.septet.workflows.train.TrainWorkflowImpl;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A training that goes on elsewhere holds no worker: the workflow waits with a timer. */
class WaitingTrainingTest {
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "made for a test");
    private static final ArtifactRef FILES = new ArtifactRef("store:artifacts/x", "0".repeat(64), 1);

    private final TestWorkflowEnvironment server =
            TestWorkflowEnvironment.newInstance(Stack.options().build());
    private final Elsewhere elsewhere = new Elsewhere();

    /** Says that the training goes on, a number of times. */
    private static final class Elsewhere implements TrainActivities, OutsideTrainingActivities {
        private final List<String> calls = new CopyOnWriteArrayList<>();
        private final CountDownLatch cancelled = new CountDownLatch(1);
        private int waits;
        private @Nullable FailureType failure;

        @Override
        public TrainOutcome train(TrainRequest request, int pauses) {
            calls.add("train " + pauses);
            if (failure != null) {
                throw failed(failure);
            }
            return pauses < waits
                    ? TrainOutcome.waiting(Duration.ofHours(1), Progress.of("training with trl", pauses, 12, "steps"))
                    : TrainOutcome.done(
                            new CheckpointRef(FILES, true, FILES, 12, 0.25, null, "all steps done", ORIGIN));
        }

        private RuntimeException failed(FailureType type) {
            try {
                assertThat(cancelled.await(30, TimeUnit.SECONDS)).isTrue();
                return type.of("the worker stopped");
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
                return new IllegalStateException(closed);
            }
        }

        @Override
        public void end(TrainRequest request, int pauses) {
            calls.add("end " + pauses);
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void looksAgainAfterEachTimer() {
        elsewhere.waits = 3;
        long began = server.currentTimeMillis();

        CheckpointRef result = start().getResult(CheckpointRef.class);

        assertThat(result.steps()).isEqualTo(12);
        assertThat(elsewhere.calls).containsExactly("train 0", "train 1", "train 2", "train 3");
        assertThat(server.currentTimeMillis() - began)
                .isGreaterThanOrEqualTo(Duration.ofHours(3).toMillis());
    }

    /** {@code septet status} shows it while no activity is pending. */
    @Test
    void showsTheProgressWhileItWaits() {
        elsewhere.waits = Integer.MAX_VALUE;
        WorkflowStub run = start();
        awaitTimer(run);

        run.cancel();
        assertThatThrownBy(() -> run.getResult(CheckpointRef.class)).cause().isInstanceOf(CanceledFailure.class);
        assertThat(run.query("status", TrainStatus.class).waiting()).isNull();
    }

    @Test
    void cancelledWhileItWaitsItEndsTheTraining() {
        elsewhere.waits = Integer.MAX_VALUE;
        WorkflowStub run = start();
        awaitTimer(run); // the server of tests hangs when an activity is cancelled that has just ended

        run.cancel();

        assertThatThrownBy(() -> run.getResult(CheckpointRef.class)).cause().isInstanceOf(CanceledFailure.class);
        int last = elsewhere.calls.size() - 1;
        assertThat(elsewhere.calls.get(last)).isEqualTo("end " + last);
    }

    /** The server cancels an activity at once that no worker runs: it waits for a worker, or for its next attempt. */
    @Test
    void cancelledWhileNoWorkerFollowsItEndsTheTraining() {
        WorkflowStub run = start(outside(), false);
        await().until(() -> isScheduled(run));

        run.cancel();
        await().until(() -> !isScheduled(run));
        WorkerFactory later = training();

        assertThatThrownBy(() -> run.getResult(CheckpointRef.class)).cause().isInstanceOf(CanceledFailure.class);
        assertThat(elsewhere.calls).containsExactly("end 1");
        later.shutdownNow();
    }

    /**
     * An attempt that fails after the cancellation was requested is the last one, whatever its failure is. The server of
     * tests reports only failures that are final by themselves.
     */
    @Test
    void cancelledWhileAnAttemptFailsItEndsTheTraining() {
        elsewhere.failure = FailureType.POISON_DATA;
        WorkflowStub run = start();
        await().until(() -> !elsewhere.calls.isEmpty());

        run.cancel();
        await().until(() -> isCancelRequested(run));
        elsewhere.cancelled.countDown();

        await().untilAsserted(() -> assertThat(elsewhere.calls).containsExactly("train 0", "end 1"));
    }

    /** No activity runs then. */
    private static void awaitTimer(WorkflowStub run) {
        await().until(() -> {
            Progress shown = run.query("status", TrainStatus.class).waiting();
            return shown != null && shown.line().startsWith("training with trl, ");
        });
    }

    private boolean isCancelRequested(WorkflowStub run) {
        return server.getWorkflowClient().fetchHistory(run.getExecution().getWorkflowId()).getEvents().stream()
                .anyMatch(event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED);
    }

    @Test
    void aTrainingOfTheEngineIsNotElsewhere() {
        WorkflowStub run = start(Specs.minimal().train(), false);
        await().until(() -> isScheduled(run));

        run.cancel();

        assertThatThrownBy(() -> run.getResult(CheckpointRef.class)).cause().isInstanceOf(CanceledFailure.class);
        assertThat(elsewhere.calls).isEmpty();
    }

    private WorkerFactory training() {
        WorkerFactory workers = WorkerFactory.newInstance(server.getWorkflowClient());
        workers.newWorker(TaskQueues.training(Specs.minimal().setup().resources()))
                .registerActivitiesImplementations(elsewhere);
        workers.start();
        return workers;
    }

    private boolean isScheduled(WorkflowStub run) {
        return server
                .getWorkflowServiceStubs()
                .blockingStub()
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(server.getNamespace())
                        .setExecution(run.getExecution())
                        .build())
                .getPendingActivitiesList()
                .stream()
                .anyMatch(activity -> activity.getActivityType().getName().equals("Train"));
    }

    private WorkflowStub start() {
        return start(outside(), true);
    }

    private static TrainSpec outside() {
        TrainSpec plain = Specs.minimal().train();
        return new TrainSpec(
                plain.method(),
                plain.epochs(),
                plain.steps(),
                plain.batch(),
                plain.optimizer(),
                plain.learningRate(),
                plain.clip(),
                plain.checkpoint(),
                plain.validateEvery(),
                plain.stop(),
                plain.onNonFinite(),
                plain.preserve(),
                plain.objective(),
                new CommandTrainerSpec("trl", Map.of()),
                null,
                plain.policy());
    }

    private WorkflowStub start(TrainSpec train, boolean follows) {
        PipelineSpec spec = Specs.minimal();
        Worker worker = Stack.light(server);
        worker.registerWorkflowImplementationTypes(TrainWorkflowImpl.class);
        if (follows) {
            server.newWorker(TaskQueues.training(spec.setup().resources()))
                    .registerActivitiesImplementations(elsewhere);
        }
        server.start();
        WorkflowStub run = server.getWorkflowClient()
                .newUntypedWorkflowStub(
                        "Train",
                        WorkflowOptions.newBuilder()
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build());
        run.start(new TrainRequest(
                new RunRef("hello", "run-1", "/pipelines", "0".repeat(64)),
                train,
                spec.initialize(),
                spec.setup(),
                new DatasetRef(FILES, 90, 5, 5, 9000, 120, 1, 2, 3, ORIGIN),
                new ModelRef(FILES, "LlamaForCausalLM", 3_000_000, 6, "mit", 1, 2, ORIGIN),
                1e-4,
                0));
        return run;
    }
}
