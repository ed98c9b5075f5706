package dev.septet.workers.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.workers.local.Connection;
import dev.septet.workers.server.ServerRef;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Progress;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.train.TrainStatus;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A training that goes on in a cluster: no activity is pending, and its workflow has the progress. */
class WaitingTrainingRunTest {
    private static final Progress PROGRESS = Progress.of("training with trl", 120, 500, "steps");

    private final TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance();

    /** A run whose stage {@code train} is running. */
    @WorkflowInterface
    public interface Run {
        @WorkflowMethod(name = "Pipeline")
        void run();

        @QueryMethod(name = "status")
        PipelineStatus status();
    }

    /** The stage between two rounds. */
    @WorkflowInterface
    public interface Training {
        @WorkflowMethod(name = "Train")
        void train();

        @QueryMethod(name = "status")
        TrainStatus status();
    }

    public static final class RunImpl implements Run {
        @Override
        public void run() {
            Workflow.sleep(Duration.ofDays(1));
        }

        @Override
        public PipelineStatus status() {
            return new PipelineStatus(
                    "desk",
                    "run-1",
                    "0".repeat(64),
                    List.of(new StageStatus(Stage.TRAIN, StageStatus.State.RUNNING, "", "desk/train")),
                    null);
        }
    }

    public static final class TrainingImpl implements Training {
        @Override
        public void train() {
            Workflow.sleep(Duration.ofDays(1));
        }

        @Override
        public TrainStatus status() {
            return new TrainStatus(TrainStatus.State.TRAINING, null, null, PROGRESS, List.of());
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void itsProgressIsShownWhileNoActivityIsPending() {
        server.newWorker("light").registerWorkflowImplementationTypes(RunImpl.class, TrainingImpl.class);
        server.start();
        start("Pipeline", "desk");
        start("Train", "desk/train");
        RunHandle run = new RunHandle(
                new Connection(
                        new ServerRef("127.0.0.1:7233", "default", ServerRef.Kind.CONFIGURED, null, null),
                        server.getWorkflowServiceStubs(),
                        server.getWorkflowClient()),
                "desk",
                "");

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(run.snapshot().activities())
                        .containsExactly(
                                new LiveActivity(Stage.TRAIN, PROGRESS, 1, null, false, "desk/train", null, null)));
    }

    private void start(String type, String id) {
        server.getWorkflowClient()
                .newUntypedWorkflowStub(
                        type,
                        WorkflowOptions.newBuilder()
                                .setTaskQueue("light")
                                .setWorkflowId(id)
                                .build())
                .start();
    }
}
