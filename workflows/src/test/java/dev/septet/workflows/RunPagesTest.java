package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.Trigger;
import dev.septet.workflows.summary.RunFacts;
import dev.septet.workflows.summary.StageTime;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowStub;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a run leaves behind for people who ask when no worker lives. */
class RunPagesTest {
    @Test
    void aRunLeavesItsPageAndItsMemo() {
        try (Stack stack = new Stack(600)) {
            PipelineReport report = stack.run("hello");

            assertThat(report.page()).isEqualTo(FakeRunPages.PAGE);
            assertThat(stack.activities.pages.requested).singleElement().satisfies(request -> {
                RunFacts facts = request.facts();
                assertThat(facts.trigger()).isEqualTo(Trigger.REQUEST);
                assertThat(facts.failure()).isNull();
                assertThat(facts.stages())
                        .extracting(StageTime::stage)
                        .containsExactly(
                                Stage.PREPARE,
                                Stage.INITIALIZE,
                                Stage.SETUP,
                                Stage.TRAIN,
                                Stage.EVALUATE,
                                Stage.DEPLOY);
                assertThat(facts.stages()).noneMatch(StageTime::failed);
                assertThat(facts.endedMillis()).isGreaterThanOrEqualTo(facts.startedMillis());
                assertThat(request.specs()).containsExactly(stack.activities.spec);
            });
            WorkflowExecutionDescription run = described(stack, "hello");
            assertThat(memo(run, "verdict")).isEqualTo("GO");
            assertThat(memo(run, "scores")).contains("exactMatch").contains("0.9500 GO");
            assertThat(memo(run, "version")).hasSize(64);
            assertThat(memo(run, "report")).isEqualTo("store:artifacts/page/report.html");
        }
    }

    @Test
    void aRefusedModelHasAPageWithTheReasonAndNoVersion() {
        try (Stack stack = new Stack(600)) {
            stack.activities.verdict = Verdict.NO_GO;
            WorkflowStub scheduled = stack.pipeline("by-schedule");
            scheduled.start(PipelineRequest.named("hello")
                    .retraining(new Retraining(Trigger.SCHEDULE, "by its schedule", null, null, -1)));
            PipelineReport report = scheduled.getResult(PipelineReport.class);

            assertThat(report.page()).isEqualTo(FakeRunPages.PAGE);
            assertThat(stack.activities.pages.requested).singleElement().satisfies(request -> {
                assertThat(request.facts().trigger()).isEqualTo(Trigger.SCHEDULE);
                assertThat(request.facts().why()).isEqualTo("by its schedule");
                assertThat(request.facts().failure()).contains("the gate said NO_GO");
            });
            WorkflowExecutionDescription run = described(stack, "by-schedule");
            assertThat(memo(run, "verdict")).isEqualTo("NO_GO");
            assertThat(memo(run, "failure")).contains("the gate said NO_GO").hasSizeLessThanOrEqualTo(300);
            assertThat(memo(run, "version")).isNull();
        }
    }

    /** A run without an evaluation has nothing to report. */
    @Test
    void aTrainingThatFailedHasNoPage() {
        try (Stack stack = new Stack(600)) {
            stack.activities.trainFailure = FailureType.BACKEND_FAILED.of("the engine stopped");

            assertThatThrownBy(() -> stack.run("hello"));

            assertThat(stack.activities.pages.requested).isEmpty();
            assertThat(described(stack, "hello").getMemo("verdict", String.class))
                    .isNull();
        }
    }

    /** The page is for people; a run does not fail because it cannot be written. */
    @Test
    void aPageThatCannotBeWrittenFailsNoRun() {
        try (Stack stack = new Stack(600)) {
            stack.activities.pages.broken = true;

            PipelineReport report = stack.run("hello");

            assertThat(report.deployment()).isNotNull();
            assertThat(report.page()).isNull();
            assertThat(Stack.details(stack.server.getWorkflowClient().newUntypedWorkflowStub("hello")))
                    .contains("the page of this run could not be written: the store is read-only");
        }
    }

    private static @Nullable String memo(WorkflowExecutionDescription run, String key) {
        return (String) run.getMemo(key, String.class);
    }

    private static WorkflowExecutionDescription described(Stack stack, String id) {
        return stack.server.getWorkflowClient().newUntypedWorkflowStub(id).describe();
    }
}
