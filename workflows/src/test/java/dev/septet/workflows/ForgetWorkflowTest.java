package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.forget.ErasurePlan;
import dev.septet.workflows.forget.ErasureReport;
import dev.septet.workflows.forget.ForgetRequest;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.retrain.Retraining;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The order of an erasure's steps, and what makes it stop before it deletes anything. */
@Tag("long")
class ForgetWorkflowTest {
    static WorkflowStub forget(Stack stack) {
        return stack.server
                .getWorkflowClient()
                .newUntypedWorkflowStub(
                        "Forget",
                        WorkflowOptions.newBuilder()
                                .setWorkflowId(ForgetRequest.workflowId("hello", "5eed"))
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build());
    }

    static WorkflowStub start(Stack stack) {
        WorkflowStub forget = forget(stack);
        forget.start(new ForgetRequest(PipelineRequest.named("hello"), "5eed"));
        return forget;
    }

    @Test
    void trainsAgainBeforeItDeletes() {
        try (Stack stack = new Stack(0)) {
            ErasureReport report = start(stack).getResult(ErasureReport.class);

            assertThat(report.retrained()).hasSize(1);
            assertThat(stack.activities.forget.calls)
                    .containsExactly(
                            "plan 5eed",
                            "exclude",
                            "open runs of [hello]",
                            "plan 5eed",
                            "still served",
                            "remove versions of hello as hello",
                            "erase after 1");
            Retraining why =
                    Objects.requireNonNull(stack.activities.prepared.get(0).retraining());
            assertThat(why.why()).isEqualTo("rows are forgotten");
            assertThat(why.reviewed())
                    .as("it learns the reviewed rows that the old model learned")
                    .isEqualTo(3);
            assertThat(stack.status("hello/retrain").runId())
                    .isEqualTo(report.retrained().get(0));
        }
    }

    @Test
    void trainsEveryPipelineThatReadTheRows() {
        try (Stack stack = new Stack(0)) {
            stack.activities.others.put("others", Specs.minimal());
            stack.activities.forget.retrain =
                    List.of(new ErasurePlan.Retrained("hello", 0), new ErasurePlan.Retrained("others", 0));
            assertThat(start(stack).getResult(ErasureReport.class).retrained()).hasSize(2);
            assertThat(stack.activities.prepared)
                    .extracting(PrepareRequest::readsReviewedRows)
                    .containsOnly(false);
        }
    }

    /** Another pipeline got the rows while the first one was trained again. */
    @Test
    void plansAgainUntilNothingIsNewAndAsksEachPipelinesHost() {
        try (Stack stack = new Stack(600)) {
            stack.activities.others.put("others", Specs.from("others", null));
            stack.activities.forget.later.add("others");
            ErasureReport report = start(stack).getResult(ErasureReport.class);

            assertThat(report.retrained()).hasSize(2);
            assertThat(report.left()).containsExactly("kept by hello", "kept by others");
            assertThat(stack.activities.forget.calls)
                    .containsExactly(
                            "plan 5eed",
                            "exclude",
                            "open runs of [hello]",
                            "plan 5eed",
                            "exclude",
                            "open runs of [hello, others]",
                            "plan 5eed",
                            "still served",
                            "remove versions of hello as hello",
                            "remove versions of others as others",
                            "erase after 2");
        }
    }

    @Test
    void waitsForRunsThatBeganEarlier() {
        try (Stack stack = new Stack(600)) {
            stack.activities.forget.open.add(List.of("hello", "hello/retrain"));
            stack.activities.forget.open.add(List.of("hello"));
            start(stack).getResult(ErasureReport.class);
            assertThat(stack.activities.forget.calls.stream().filter(call -> call.startsWith("open")))
                    .hasSize(3);
        }
    }

    @Test
    void deletesNothingWhenTheGateRefusesTheNewModelAndCanBeGivenAgain() {
        try (Stack stack = new Stack(600)) {
            stack.activities.verdict = Verdict.NO_GO;
            WorkflowStub refused = start(stack);
            assertThatThrownBy(() -> refused.getResult(ErasureReport.class))
                    .isInstanceOf(WorkflowFailedException.class)
                    .hasStackTraceContaining("nothing was deleted, because the retraining of hello failed")
                    .hasStackTraceContaining("the gate said NO_GO");
            assertThat(stack.activities.forget.calls)
                    .noneMatch(call -> call.startsWith("remove versions") || call.startsWith("erase"));

            stack.activities.verdict = Verdict.GO;
            assertThat(start(stack).getResult(ErasureReport.class).retrained()).hasSize(1);
        }
    }

    @Test
    void deletesNothingWhileAnOldVersionServes() {
        try (Stack stack = new Stack(600)) {
            stack.activities.forget.served = List.of("version abc of hello serves");
            WorkflowStub refused = start(stack);
            assertThatThrownBy(() -> refused.getResult(ErasureReport.class))
                    .hasStackTraceContaining(
                            "an old version still serves: version abc of hello serves. Run its pipeline again")
                    .hasStackTraceContaining(
                            "`septet rollback PIPELINE --to VERSION`. Then start `septet data forget` again");
            assertThat(stack.activities.forget.calls).noneMatch(call -> call.startsWith("remove versions"));
        }
    }

    @Test
    void waitsForARetrainingThatAnotherWorkflowStarted() {
        try (Stack stack = new Stack(600)) {
            stack.activities.steering.training = true;
            WorkflowStub other = stack.pipeline("hello/retrain");
            other.start(PipelineRequest.named("hello"));
            WorkflowStub forget = start(stack);
            stack.server.sleep(Duration.ofSeconds(30));
            assertThat(forget.query("doing", String.class)).contains("the end of another retraining of hello");
            other.terminate("the test ends it");
            stack.activities.steering.training = false;
            assertThat(forget.getResult(ErasureReport.class).retrained()).hasSize(1);
        }
    }
}
