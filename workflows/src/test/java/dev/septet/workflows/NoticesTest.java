package dev.septet.workflows;

import static dev.septet.workflows.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import dev.septet.dsl.pipeline.train.OnWarningSpec.Reaction;
import dev.septet.workflows.approval.AnswerTaken;
import dev.septet.workflows.approval.ApprovalDecision;
import dev.septet.workflows.artifact.TrainingWarning;
import dev.septet.workflows.notify.Notice;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NoticesTest {
    private final Stack stack = new Stack(0);

    @AfterEach
    void close() {
        stack.close();
    }

    @Test
    void tellsThatARunWaitsOnceAndThatItFinished() {
        stack.activities.spec = Specs.telling(Specs.asking(2));
        WorkflowStub run = stack.pipeline("hello");
        run.start(PipelineRequest.named("hello"));
        await().until(() -> stack.activities.notices.told.contains("webhook waiting"));
        approve("Anna");
        approve("Ben");
        run.getResult(PipelineReport.class);

        assertThat(stack.activities.notices.told).containsExactly("webhook waiting", "webhook finished");
        Notice waiting = stack.activities.notices.notices.get(0);
        assertThat(waiting.stage()).isEqualTo("deploy");
        assertThat(waiting.message()).startsWith("ml-oncall must approve model eeeeeeeeeeee");
        assertThat(waiting.answers()).anyMatch(line -> line.startsWith("septet approve hello"));
        assertThat(waiting.workflowId()).isEqualTo("hello");
        assertThat(waiting.id()).isEqualTo(waiting.runId() + "-1");
    }

    @Test
    void tellsEveryoneWhoAskedThatItFailed() {
        stack.activities.spec = Specs.telling(Specs.minimal());
        stack.activities.trainFailure = FailureType.CHECKPOINT_CORRUPT.of("nothing verifies");

        assertThatThrownBy(() -> stack.run("hello"));

        assertThat(stack.activities.notices.told).containsExactlyInAnyOrder("webhook failed", "page-oncall failed");
        assertThat(stack.activities.notices.notices.get(0).message()).isEqualTo("train: nothing verifies");
    }

    @Test
    void tellsOfEachWarningAboutTheTrainingOnceIfTheFileAsksForIt() {
        TrainingWarning overfits = new TrainingWarning(Kind.OVERFITTING, 200, "the validation loss rose", null);
        TrainingWarning spike = new TrainingWarning(Kind.SPIKE, 31, "the loss is 9", Reaction.LOWER_RATE);
        stack.activities.warnings = List.of(spike, overfits, spike);
        stack.activities.spec =
                Specs.telling(Specs.minimal(), List.of(NotifySpec.Event.FINISHED, NotifySpec.Event.WARNED));

        stack.run("hello");

        assertThat(stack.activities.notices.told)
                .containsExactlyInAnyOrder("webhook warned", "webhook warned", "webhook finished");
        assertThat(stack.activities.notices.notices)
                .extracting(Notice::message)
                .contains(
                        "loss spike at step 31: the loss is 9; the learning rate was halved",
                        "overfitting at step 200: the validation loss rose");
        assertThat(Stack.details(stack.server.getWorkflowClient().newUntypedWorkflowStub("hello")))
                .contains("all steps; 3 warnings: loss spike at step 31, overfitting at step 200");
    }

    @Test
    void tellsNobodyOfAWarningWhoDoesNotNameTheEvent() {
        stack.activities.warnings = List.of(new TrainingWarning(Kind.SPIKE, 31, "the loss is 9", null));
        stack.activities.spec = Specs.telling(Specs.minimal());

        stack.run("hello");

        assertThat(stack.activities.notices.told).containsExactly("webhook finished");
    }

    @Test
    void aNoticeThatCannotBeDeliveredIsSaidAndChangesNothing() {
        stack.activities.spec = Specs.telling(Specs.minimal());
        stack.activities.notices.broken = true;

        assertThat(stack.run("hello").checkpoint()).isNotNull();

        assertThat(stack.activities.notices.told).hasSize(5).containsOnly("webhook finished");
        assertThat(stack.activities.notices.notices)
                .extracting(Notice::id)
                .containsOnly(stack.activities.notices.notices.get(0).id());
        assertThat(Stack.details(stack.server.getWorkflowClient().newUntypedWorkflowStub("hello")))
                .contains("- webhook could not be notified that it finished: the webhook answered" + " 503");
    }

    @Test
    void tellsOfDriftWhenTheAlarmIsRaisedAndNotAtEveryLook() {
        stack.activities.spec = Specs.telling(Specs.complete());
        stack.activities.driftAtWindow = window -> window >= 1;
        stack.run("hello");
        stack.activities.notices.told.clear();
        stack.activities.notices.notices.clear();
        stack.activities.spec = Specs.minimal(); // what drift starts again tells nobody

        stack.server.sleep(Duration.ofDays(2));

        assertThat(stack.activities.notices.told).containsExactly("webhook drifted");
        assertThat(stack.activities.notices.notices.get(0)).satisfies(notice -> {
            assertThat(notice.message()).isEqualTo("it drifted");
            assertThat(notice.workflowId()).isEqualTo("hello/monitor");
            assertThat(notice.answers()).isEqualTo(List.of());
        });
    }

    @Test
    void twoDriftsOfOneWatchAreTwoNotices() {
        stack.activities.spec = Specs.telling(Specs.complete());
        stack.activities.driftAtWindow = window -> window == 2 || window == 3 || window > 6;
        stack.run("hello");
        stack.activities.spec = Specs.minimal();

        stack.server.sleep(Duration.ofDays(3));

        assertThat(stack.activities.notices.notices)
                .filteredOn(notice -> notice.event().equals("drifted"))
                .hasSize(2)
                .extracting(Notice::id)
                .doesNotHaveDuplicates();
    }

    private void approve(String by) {
        stack.stage("hello", Stage.DEPLOY)
                .update(
                        "approve",
                        AnswerTaken.class,
                        new ApprovalDecision(by, "ml-oncall", "e".repeat(64), "0".repeat(64), null));
    }
}
