package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.StageStatus.State;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.resume.Resume;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResumedRunTest {
    @ParameterizedTest
    @EnumSource(Stage.class)
    void runsOnlyTheStagesFromThere(Stage from) {
        try (Stack stack = new Stack(0)) {
            PipelineReport earlier = stack.run("before");
            stack.activities.earlier.report = earlier;
            stack.activities.calls.clear();

            PipelineReport report = resume(stack, from).getResult(PipelineReport.class);

            List<StageStatus> stages = stack.status("hello").stages();
            assertThat(stages).extracting(StageStatus::stage).containsExactly(Stage.values());
            for (StageStatus stage : stages) {
                boolean reused = stage.state() == State.REUSED;
                assertThat(reused).as("%s", stage).isEqualTo(stage.stage().compareTo(from) < 0);
            }
            assertThat(stack.activities.calls.contains("Train@lab-gpu")).isEqualTo(from.compareTo(Stage.TRAIN) <= 0);
            assertThat(stack.activities.calls.contains("Promote@septet")).isEqualTo(from.compareTo(Stage.DEPLOY) <= 0);
            assertThat(report.checkpoint()).isEqualTo(earlier.checkpoint());
            assertThat(report.deployment()).isNotNull();
        }
    }

    @Test
    void aGateThatSaidNoSaysItAgain() {
        try (Stack stack = new Stack(600)) {
            stack.activities.verdict = Verdict.NO_GO;
            assertThatThrownBy(() -> stack.run("before"));
            stack.activities.earlier.report = stack.server
                    .getWorkflowClient()
                    .newWorkflowStub(PipelineWorkflow.class, "before")
                    .report();

            assertThatThrownBy(() -> resume(stack, Stage.DEPLOY).getResult(PipelineReport.class))
                    .cause()
                    .isInstanceOfSatisfying(
                            ApplicationFailure.class,
                            failure -> assertThat(failure.getType()).isEqualTo("GateFailed"));
            assertThat(stack.activities.calls).doesNotContain("Export@lab-gpu");
        }
    }

    @Test
    void knowsFromWhereOnNothingIsReused() {
        RunRef run = new RunRef("hello", "r", "/", "5eed", List.of(), "train");

        assertThat(run.reruns("setup")).isFalse();
        assertThat(run.reruns("train")).isTrue();
        assertThat(run.reruns("deploy")).isTrue();
        assertThat(new RunRef("hello", "r", "/", "5eed").reruns("train")).isFalse();
    }

    private static WorkflowStub resume(Stack stack, Stage from) {
        WorkflowStub run = stack.pipeline("hello");
        run.start(PipelineRequest.named("hello").resuming(new Resume("before", "run-1", from.word())));
        return run;
    }
}
