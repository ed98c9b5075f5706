package dev.septet.workflows;

import static dev.septet.workflows.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.train.OnWarningSpec;
import dev.septet.workflows.artifact.TrainingWarning;
import dev.septet.workflows.artifact.Verdict;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run's page says, and what the run is found by. */
@Tag("long")
class RunDetailsTest {
    private static final Progress STEP_120 =
            new Progress("training", 120, 500, "steps", 0.41234, 1834.4, 185.0, 100, "5a");

    @Test
    void tellsStepLossSpeedAndTimeLeft() {
        try (Stack stack = new Stack(600)) {
            WorkflowStub run = training(stack);

            run.signal("progress", new StageProgress("train", STEP_120));

            await().untilAsserted(() -> assertThat(Stack.details(run))
                    .containsPattern("- \\*\\*train\\*\\*: running, training, 120 of"
                            + " 500 steps, loss 0\\.4123, 1,834"
                            + " tokens/s, 3m05s left"
                            + " \\(\\d\\d:\\d\\d:\\d\\d UTC\\)\n")
                    .contains("`septet status hello` follows it"));
            TrainingWarning warning = new TrainingWarning(OnWarningSpec.Kind.SPIKE, 31, "the loss is 9", null);
            run.signal("progress", new StageProgress("train", STEP_120.with(List.of(warning))));
            await().untilAsserted(() ->
                    assertThat(Stack.details(run)).contains("3m05s left; 1 warning: loss spike at step 31 ("));
            run.cancel();
        }
    }

    @Test
    void passesOverWhatComesLateOrIsNoProgress() {
        try (Stack stack = new Stack(600)) {
            WorkflowStub run = training(stack);
            String before = Stack.details(run);

            run.signal("progress", new StageProgress("prepare", STEP_120));
            run.signal("progress", new StageProgress("nonsense", STEP_120));
            run.signal("progress", java.util.Map.of("unheardOf", 1));

            assertThat(Stack.details(run)).isEqualTo(before);
            run.cancel();
        }
    }

    @Test
    void passesOverWhatNoWorkOfItsOwnSent() {
        try (Stack stack = new Stack(600)) {
            stack.activities.ticket = "1;;ours";
            WorkflowStub run = training(stack);
            String before = Stack.details(run);
            WaitReason trap = new WaitReason(Stage.DEPLOY, "urgent", List.of("rm -rf ."));

            run.signal("progress", new StageProgress("train", STEP_120));
            run.signal("progress", new StageProgress("train", STEP_120, "1;;theirs"));
            run.signal("waits", trap);
            run.signal("waits", trap, "1;;theirs");
            run.signal("turn", true);

            assertThat(Stack.details(run)).isEqualTo(before);
            run.signal("progress", new StageProgress("train", STEP_120, "1;;ours"));
            await().untilAsserted(() -> assertThat(Stack.details(run)).contains("120 of 500 steps"));
            assertThat(run.query("status", PipelineStatus.class).waiting()).isNull();
            run.signal("waits", trap, "1;;ours");
            await().untilAsserted(() -> assertThat(
                            run.query("status", PipelineStatus.class).waiting())
                    .isEqualTo(trap));
            run.cancel();
        }
    }

    @Test
    void isFoundByWhatItIsAbout() {
        try (Stack stack = new Stack(600)) {
            stack.run("hello");

            var tags = stack.server
                    .getWorkflowClient()
                    .newUntypedWorkflowStub("hello")
                    .describe()
                    .getTypedSearchAttributes();
            assertThat(tags.get(SearchTags.PIPELINE)).isEqualTo("hello");
            assertThat(tags.get(SearchTags.STAGE)).isEqualTo("deploy");
            assertThat(tags.get(SearchTags.MODEL)).isEqualTo("models/tiny");
            assertThat(tags.get(SearchTags.DATASET)).isEqualTo("data/hello.jsonl");
            assertThat(tags.get(SearchTags.GATE)).isEqualTo("GO");
            assertThat(tags.get(SearchTags.SCORE)).isEqualTo(0.95);
            stack.server.sleep(Duration.ofHours(1));
            var watch = stack.server
                    .getWorkflowClient()
                    .newUntypedWorkflowStub("hello/monitor")
                    .describe()
                    .getTypedSearchAttributes();
            assertThat(watch.get(SearchTags.DRIFT)).isEqualTo(1 - 0.8);
        }
    }

    /** A server takes no such number, and a run that sends one hangs. */
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void aModelThatDivergedIsToldByTheGateAndHasNoScore(double diverged) {
        try (Stack stack = new Stack(600)) {
            stack.activities.score = diverged;
            stack.activities.verdict = Verdict.NO_GO;

            assertThatThrownBy(() -> stack.run("hello")).hasRootCauseInstanceOf(ApplicationFailure.class);

            var tags = stack.server
                    .getWorkflowClient()
                    .newUntypedWorkflowStub("hello")
                    .describe()
                    .getTypedSearchAttributes();
            assertThat(tags.get(SearchTags.GATE)).isEqualTo("NO_GO");
            assertThat(tags.containsKey(SearchTags.SCORE)).isFalse();
        }
    }

    @Test
    void setsNothingThatTheServerDoesNotKnow() {
        try (Stack stack = new Stack(600)) {
            stack.activities.searchable = java.util.List.of("SeptetGate");

            stack.run("hello");

            var tags = stack.server
                    .getWorkflowClient()
                    .newUntypedWorkflowStub("hello")
                    .describe()
                    .getTypedSearchAttributes();
            assertThat(tags.get(SearchTags.GATE)).isEqualTo("GO");
            assertThat(tags.containsKey(SearchTags.PIPELINE)).isFalse();
        }
    }

    @Test
    void namesNoFolderOfAPerson() {
        assertThat(SearchTags.name("data/tickets.jsonl")).isEqualTo("data/tickets.jsonl");
        assertThat(SearchTags.name("/home/anna/secret/tickets.jsonl")).isEqualTo("tickets.jsonl");
        assertThat(SearchTags.name("~/tickets.jsonl")).isEqualTo("tickets.jsonl");
        assertThat(SearchTags.name("x".repeat(300))).hasSize(255);
    }

    private static WorkflowStub training(Stack stack) {
        stack.activities.trainUntilCancelled = true;
        WorkflowStub run = stack.pipeline("hello");
        run.start(PipelineRequest.named("hello"));
        await().until(() -> !stack.activities.trained.isEmpty());
        return run;
    }
}
