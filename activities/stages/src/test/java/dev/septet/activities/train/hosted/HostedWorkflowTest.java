package dev.septet.activities.train.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.train.TrainActivitiesImpl;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.payload.SeptetDataConverter;
import dev.septet.workflows.train.TrainRequest;
import dev.septet.workflows.train.TrainStatus;
import dev.septet.workflows.train.TrainWorkflowImpl;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The workflow of the train stage with a service: its timer, its retries and its cancellation. */
class HostedWorkflowTest extends HostedRounds {
    private final TestWorkflowEnvironment server =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(SeptetDataConverter.create())
                            .build())
                    .build());

    @BeforeEach
    void work() {
        server.newWorker(TaskQueues.LIGHT).registerWorkflowImplementationTypes(TrainWorkflowImpl.class);
        server.newWorker(TaskQueues.training(SetupSpec.DEFAULT.resources()))
                .registerActivitiesImplementations(new TrainActivitiesImpl(
                        store,
                        store.checkpoints(),
                        shutdown,
                        used -> new OpenAiBackEnd(
                                new ModelEndpoints(temp.resolve("trainers.yaml"), environment),
                                (OpenAiSpec) used,
                                settles)));
        server.start();
    }

    @AfterEach
    void rest() {
        server.close();
    }

    private WorkflowStub start(TrainRequest request) {
        WorkflowStub run = server.getWorkflowClient()
                .newUntypedWorkflowStub(
                        "Train",
                        WorkflowOptions.newBuilder()
                                .setTaskQueue(TaskQueues.LIGHT)
                                .setWorkflowId("run-1-train")
                                .build());
        run.start(request);
        return run;
    }

    @Test
    void theStageWaitsWithATimer() throws Exception {
        long began = server.currentTimeMillis();

        CheckpointRef result = start(request()).getResult(CheckpointRef.class);

        assertThat(EndpointModel.read(store.fetch(result.artifact()))).isPresent();
        assertThat(server.currentTimeMillis() - began)
                .as("two waits of 5 seconds")
                .isGreaterThanOrEqualTo(10_000);
        assertThat(service.created()).hasSize(1);
    }

    @Test
    void aFailedJobIsFollowedByAnotherOneAsTheStageRetries() throws Exception {
        service.hold(true);
        WorkflowStub run = start(request());
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> service.jobIds().size() == 1);
        service.fail("server_error", "a problem of the service", null);
        service.hold(false);

        run.getResult(CheckpointRef.class);

        assertThat(service.created()).hasSize(2);
    }

    @Test
    void aCancelledRunCancelsTheJobBetweenTwoRounds() throws Exception {
        service.hold(true);
        WorkflowStub run = start(request());
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
            var waits = run.query("status", TrainStatus.class).waiting();
            return waits != null && waits.line().contains("training at endpoint service");
        });

        run.cancel();

        assertThatThrownBy(() -> run.getResult(CheckpointRef.class)).cause().isInstanceOf(CanceledFailure.class);
        assertThat(service.status("ftjob-3")).isEqualTo("cancelled");
        assertThat(service.files()).isEmpty();
    }

    /** The activity that ends a training is tried again, as the stage's policy says. */
    @Test
    void aCancelledRunCancelsTheJobOfAServiceThatIsAwayForAWhile() throws Exception {
        service.hold(true);
        WorkflowStub run = start(request());
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
            var waits = run.query("status", TrainStatus.class).waiting();
            return waits != null && waits.line().contains("training at endpoint service");
        });
        service.answer("POST /fine_tuning/jobs/ID/cancel", 2, 503, "away");

        run.cancel();

        assertThatThrownBy(() -> run.getResult(CheckpointRef.class)).cause().isInstanceOf(CanceledFailure.class);
        assertThat(service.status("ftjob-3")).isEqualTo("cancelled");
        assertThat(service.requests())
                .filteredOn("POST /fine_tuning/jobs/ID/cancel"::equals)
                .hasSize(3);
    }
}
