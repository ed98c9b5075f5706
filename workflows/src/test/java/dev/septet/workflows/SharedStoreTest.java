package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.workflows.canary.CanaryReading;
import dev.septet.workflows.monitor.MonitorStatus;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Machines that share a store: work on a pipeline's files goes to the machine that has them. */
class SharedStoreTest {
    private static final String ATTIC = TaskQueues.host("attic");
    private static final String CELLAR = TaskQueues.host("cellar");

    @Test
    void workOnFilesRunsOnTheirHost() {
        try (Stack stack = Stack.shared("attic", "cellar")) {
            stack.activities.spec = Specs.tried(Duration.ofSeconds(4));
            stack.activities.champion = "c".repeat(64);
            stack.activities.canary = trial -> new CanaryReading(500, 60, List.of());

            stack.run("hello");

            assertThat(stack.activities.calls)
                    .contains(
                            "Publish@" + ATTIC,
                            "CanaryCursor@" + ATTIC,
                            "Challenge@" + ATTIC,
                            "CanaryCheck@" + ATTIC,
                            "Promote@" + ATTIC)
                    .contains("Prepare@" + TaskQueues.LIGHT, "Export@" + Specs.TRAINING_QUEUE)
                    .noneMatch(call -> call.endsWith(CELLAR))
                    .doesNotContain("Publish@" + TaskQueues.LIGHT, "Promote@" + TaskQueues.LIGHT);
        }
    }

    @Test
    void aHostReadsItsLogAndAnyEngineMeasures() {
        try (Stack stack = Stack.shared("attic", "cellar")) {
            stack.run("hello");
            stack.server.sleep(Duration.ofHours(7));

            assertThat(monitor(stack).windows()).isEqualTo(2);
            assertThat(stack.activities.calls)
                    .contains("ReadLog@" + ATTIC, "Observe@" + TaskQueues.LIGHT)
                    .doesNotContain("ReadLog@" + CELLAR);
        }
    }

    @Test
    void aStoreOfOneMachineAsksNoHost() {
        try (Stack stack = new Stack(600)) {
            stack.run("hello");

            assertThat(stack.activities.calls)
                    .contains("Publish@" + TaskQueues.LIGHT)
                    .noneMatch(call -> call.startsWith("Host@"))
                    .noneMatch(call -> call.startsWith("ReadLog@"));
        }
    }

    @Test
    void aPublicationIntoABucketNeedsNoMachine() {
        try (Stack stack = Stack.shared("attic")) {
            stack.activities.spec = Specs.intoBucket();

            stack.run("hello");

            assertThat(stack.activities.calls)
                    .contains("Publish@" + TaskQueues.LIGHT, "Promote@" + TaskQueues.LIGHT)
                    .noneMatch(call -> call.startsWith("Host@"));
        }
    }

    @Test
    void aFailedPublicationIsUndoneOnItsHost() {
        try (Stack stack = Stack.shared("attic")) {
            stack.activities.spec = Specs.tried(Duration.ofSeconds(4));
            stack.activities.champion = "c".repeat(64);

            WorkflowStub run = stack.pipeline("hello");
            run.start(PipelineRequest.named("hello"));
            assertThatThrownBy(() -> run.getResult(PipelineReport.class));

            assertThat(stack.activities.calls).contains("RollBack@" + ATTIC);
        }
    }

    @Test
    void onlyAPreparationThatReadsReviewedRowsIsBound() {
        try (Stack stack = Stack.shared("attic")) {
            stack.activities.spec = Specs.retrained(canary());
            stack.activities.reviewed = 3;

            WorkflowStub run = stack.pipeline("hello");
            run.start(
                    PipelineRequest.named("hello").retraining(new Retraining(Trigger.FEEDBACK, "why", null, null, 3)));
            run.getResult(PipelineReport.class);

            assertThat(stack.activities.calls).contains("Prepare@" + ATTIC);
        }
    }

    @Test
    void tooFewRowsNeedNoEngine() {
        try (Stack stack = Stack.shared("attic")) {
            stack.activities.enoughRows = false;
            stack.activities.reviewed = 5;

            stack.run("hello");
            stack.server.sleep(Duration.ofHours(1));

            MonitorStatus status = monitor(stack);
            assertThat(status.windows()).isZero();
            assertThat(Objects.requireNonNull(status.last()).rows()).isEqualTo(7);
            assertThat(status.last().reviewed()).isEqualTo(5);
            assertThat(stack.activities.calls).noneMatch(call -> call.startsWith("Observe@"));
        }
    }

    private static CanarySpec canary() {
        return new CanarySpec(0.1, Duration.ofSeconds(4), 50, 0.02, 0.05, 0.1, 1, 2);
    }

    private static MonitorStatus monitor(Stack stack) {
        return watch(stack).query("status", MonitorStatus.class);
    }

    private static WorkflowStub watch(Stack stack) {
        return stack.server.getWorkflowClient().newUntypedWorkflowStub("hello/monitor");
    }
}
