package dev.septet.workflows;

import static dev.septet.workflows.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.approval.AnswerTaken;
import dev.septet.workflows.approval.ApprovalDecision;
import dev.septet.workflows.approval.ApprovalStatus;
import dev.septet.workflows.approval.ApprovalStatus.State;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.deploy.DeployWorkflow;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateHandle;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApprovalTest {
    private static final String MODEL = "e".repeat(64);
    private static final String REPORT = "0".repeat(64);

    /** Without a cache every answer is also a replay of all that went before. */
    private final Stack stack = new Stack(0);

    @AfterEach
    void close() {
        stack.close();
    }

    @Test
    void publishesNothingBeforeThePersonAskedAgrees() {
        WorkflowStub run = asking(1);
        assertThat(stack.activities.calls).contains("Export@lab-gpu").doesNotContain("Publish@septet");

        assertThat(approve("Anna", "fine").message()).isEqualTo("model eeeeeeeeeeee is approved");

        PipelineReport report = run.getResult(PipelineReport.class);
        assertThat(Objects.requireNonNull(report.deployment()).approvals())
                .singleElement()
                .satisfies(said -> {
                    assertThat(said.approver()).isEqualTo("Anna");
                    assertThat(said.role()).isEqualTo("ml-oncall");
                    assertThat(said.approved()).isTrue();
                    assertThat(said.artifact()).isEqualTo(MODEL);
                    assertThat(said.report()).isEqualTo(REPORT);
                    assertThat(said.comment()).isEqualTo("fine");
                    assertThat(Instant.parse(said.at())).isNotNull();
                });
        assertThat(stack.activities.calls).endsWith("Publish@septet", "Promote@septet");
    }

    @Test
    void countsOnlyPeopleThatAWorkerKnows() {
        stack.activities.ticket = "1;;ours";
        stack.activities.people.putAll(java.util.Map.of("Anna", "anna", "ANNA", "anna", "Ben", "ben"));
        WorkflowStub run = asking(2);

        assertThat(approve("Anna", null).message()).isEqualTo("1 of 2 agreed");
        assertThat(approve("ANNA", null).message()).contains("which counts once");
        assertRefused(() -> approve("Mallory", null), "the signature is not that of Mallory");
        assertThat(status().state()).isEqualTo(State.WAITING);
        assertThat(approve("Ben", null).state()).isEqualTo(State.APPROVED);

        assertThat(Objects.requireNonNull(run.getResult(PipelineReport.class).deployment())
                        .approvals())
                .extracting(Approval::approver, Approval::signed, Approval::seal)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("Anna", true, "sealed for anna"),
                        org.assertj.core.groups.Tuple.tuple("Ben", true, "sealed for ben"));
    }

    @Test
    void asksNobodyWhereTheFileDoesNot() {
        assertThat(Objects.requireNonNull(stack.run("hello").deployment()).approvals())
                .isEmpty();
    }

    @Test
    void countsDifferentPeople() {
        WorkflowStub run = asking(2);

        assertThat(approve("Anna", null).message()).isEqualTo("1 of 2 agreed");
        assertThat(approve(" anna ", null).message())
                .isEqualTo("1 of 2 agreed; you had agreed already, which counts once");
        assertThat(status().answers()).hasSize(1);
        assertThat(status().state()).isEqualTo(State.WAITING);
        assertThat(approve("Ben", null).state()).isEqualTo(State.APPROVED);

        assertThat(Objects.requireNonNull(run.getResult(PipelineReport.class).deployment())
                        .approvals())
                .extracting(Approval::approver)
                .containsExactly("Anna", "Ben");
    }

    @Test
    void refusesWhatDoesNotFitTheQuestion() {
        asking(1);

        assertRefused(
                () -> answer("approve", new ApprovalDecision("Anna", "dev", MODEL, REPORT, null)),
                "ml-oncall is asked, not 'dev'");
        assertRefused(
                () -> answer("approve", new ApprovalDecision("Anna", "ml-oncall", "f".repeat(64), REPORT, null)),
                "the question is about model %s, but the answer names '%s': look at it again"
                        .formatted(MODEL, "f".repeat(64)));
        assertRefused(
                () -> answer("reject", new ApprovalDecision("Anna", "ml-oncall", MODEL, "00", null)),
                "the question is about report %s, but the answer names '00'".formatted(REPORT));
        assertRefused(
                () -> deploy().update("approve", AnswerTaken.class, Map.of("by", "Anna")),
                "an answer is {\"by\": \"<your name>\", \"role\": \"ml-oncall\", \"artifact\"");
        assertRefused(() -> deploy().update("approve", AnswerTaken.class), "an answer is {");
        assertRefused(
                () -> answer("approve", new ApprovalDecision("An\nna", "ml-oncall", MODEL, REPORT, null)),
                "by is one line of at most 100 characters");
        assertThat(status().answers()).isEmpty();
    }

    @Test
    void oneNoEndsItAndNothingIsPublished() {
        WorkflowStub run = asking(2);
        approve("Anna", null);

        AnswerTaken no = answer("reject", said("Ben", "it is rude"));

        assertThat(no.message()).isEqualTo("model eeeeeeeeeeee is rejected and is not published");
        assertGateFailed(
                run, "deploy: Ben (ml-oncall) rejected model eeeeeeeeeeee: it is rude. It was not" + " published.");
    }

    @Test
    void expiresAndNothingIsPublished() {
        WorkflowStub run = asking(2);
        approve("Anna", null);

        assertGateFailed(
                run,
                "deploy: the question whether model eeeeeeeeeeee may be published expired at "
                        + Objects.requireNonNull(status().question()).until()
                        + ": 1 of 2 of ml-oncall agreed. It was not published; a new run asks"
                        + " again.");
        assertThat(status().state()).isEqualTo(State.EXPIRED);
    }

    @Test
    void anAnswerJustBeforeTheEndCounts() {
        WorkflowStub run = asking(1);
        stack.server.sleep(Duration.ofHours(24).minusMinutes(5)); // the clock goes on while the test works

        assertThat(approve("Anna", null).state()).isEqualTo(State.APPROVED);

        assertThat(run.getResult(PipelineReport.class).deployment()).isNotNull();
    }

    @Test
    void ofTwoAnswersAtOnceOneDecides() throws Exception {
        WorkflowStub run = asking(1);
        CompletableFuture<AnswerTaken> yes = begin("approve", said("Anna", null));
        CompletableFuture<AnswerTaken> no = begin("reject", said("Ben", "no"));
        int taken = taken(yes) + taken(no);

        assertThat(taken).as("answers that were taken").isEqualTo(1);
        if (yes.isCompletedExceptionally()) {
            assertGateFailed(run, "deploy: Ben (ml-oncall) rejected model eeeeeeeeeeee: no.");
        } else {
            assertThat(run.getResult(PipelineReport.class).deployment()).isNotNull();
        }
        assertThat(status().answers()).hasSize(1);
    }

    @Test
    void anotherRunsModelIsAskedAboutAnew() {
        WorkflowStub first = asking(2);
        approve("Anna", null);
        first.cancel();
        assertThatThrownBy(() -> first.getResult(PipelineReport.class)).cause().isInstanceOf(CanceledFailure.class);

        stack.activities.exportDigest = "d".repeat(64);
        begin();

        assertThat(status().answers()).isEmpty();
        assertRefused(() -> approve("Ben", null), "the question is about model " + "d".repeat(64));
    }

    @Test
    void saysOnTheRunsPageWhatItWaitsForAndHowToAnswer() {
        WorkflowStub run = asking(2);
        String deploy = deploy().getExecution().getWorkflowId();
        String until = Objects.requireNonNull(status().question()).until();

        WaitReason waiting = Objects.requireNonNull(stack.status("hello").waiting());
        assertThat(waiting.reason())
                .isEqualTo("ml-oncall must approve model eeeeeeeeeeee until %s; 0 of 2 agreed".formatted(until));
        String digests = " --role ml-oncall --model eeeeeeeeeeee --report 000000000000";
        assertThat(waiting.answers().subList(0, 2))
                .containsExactly("septet approve hello" + digests, "septet reject hello" + digests + " --reason 'WHY'");
        assertThat(waiting.answers().get(2))
                .isEqualTo(
                        "temporal workflow update execute --workflow-id %s --name approve --input '{\"by\":\"YOU\",\"role\":\"ml-oncall\",\"artifact\":\"%s\",\"report\":\"%s\"}'"
                                .formatted(deploy, MODEL, REPORT));
        assertThat(Stack.details(run)).contains("**deploy waits**: ml-oncall must", digests);
        assertThat(Stack.details(deploy())).contains(MODEL, REPORT, "gate GO", "| exactMatch | 0.0000 | 0.9500 | GO |");

        approve("An`na", "`x`");
        await().untilAsserted(() -> assertThat(stack.status("hello").waiting())
                .isNotNull()
                .extracting(WaitReason::reason)
                .asString()
                .endsWith("1 of 2 agreed"));
        assertThat(Stack.details(deploy())).contains("approved by `An'na`: `'x'`");
        approve("Ben", null);

        run.getResult(PipelineReport.class);
        assertThat(stack.status("hello").waiting()).isNull();
    }

    @Test
    void answersWhenThereIsNothingToAnswer() {
        stack.activities.trainUntilCancelled = true;
        stack.activities.spec = Specs.asking(1);
        WorkflowStub run = stack.pipeline("hello");
        run.start(PipelineRequest.named("hello"));
        await().until(() -> !stack.activities.trained.isEmpty());

        assertThatThrownBy(() -> approve("Anna", null)).hasStackTraceContaining("NOT_FOUND");
        run.cancel();
    }

    private WorkflowStub asking(int quorum) {
        stack.activities.spec = Specs.asking(quorum);
        return begin();
    }

    private WorkflowStub begin() {
        WorkflowStub run = stack.pipeline("hello");
        run.start(PipelineRequest.named("hello"));
        await().until(() -> stack.status("hello").waiting() != null);
        return run;
    }

    private WorkflowStub deploy() {
        return stack.stage("hello", Stage.DEPLOY);
    }

    private ApprovalStatus status() {
        return stack.server
                .getWorkflowClient()
                .newWorkflowStub(DeployWorkflow.class, deploy().getExecution().getWorkflowId())
                .approval();
    }

    private AnswerTaken approve(String by, @Nullable String comment) {
        return answer("approve", said(by, comment));
    }

    private static ApprovalDecision said(String by, @Nullable String comment) {
        return new ApprovalDecision(by, "ml-oncall", MODEL, REPORT, comment);
    }

    private AnswerTaken answer(String update, ApprovalDecision answer) {
        return deploy().update(update, AnswerTaken.class, answer);
    }

    private CompletableFuture<AnswerTaken> begin(String update, ApprovalDecision answer) {
        return CompletableFuture.supplyAsync(
                        () -> deploy().startUpdate(update, WorkflowUpdateStage.ACCEPTED, AnswerTaken.class, answer))
                .thenCompose(WorkflowUpdateHandle::getResultAsync);
    }

    private static int taken(CompletableFuture<AnswerTaken> answer) throws InterruptedException {
        try {
            answer.get();
            return 1;
        } catch (ExecutionException refused) {
            return 0;
        }
    }

    private void assertGateFailed(WorkflowStub run, String reason) {
        assertThatThrownBy(() -> run.getResult(PipelineReport.class))
                .isInstanceOf(WorkflowFailedException.class)
                .cause()
                .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                    assertThat(failure.getType()).isEqualTo("GateFailed");
                    assertThat(failure.getOriginalMessage()).startsWith(reason);
                });
        assertThat(stack.activities.calls)
                .doesNotContainAnyElementsOf(List.of("Publish@septet", "Promote@septet", "RollBack@septet"));
    }

    private static void assertRefused(ThrowingCallable update, String reason) {
        assertThatThrownBy(update).hasStackTraceContaining(reason);
    }
}
