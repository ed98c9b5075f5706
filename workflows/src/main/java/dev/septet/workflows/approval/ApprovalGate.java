package dev.septet.workflows.approval;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.deploy.ApprovalSpec;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.approval.ApprovalStatus.State;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.EvaluationReport;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks people whether a model may be published, and waits; deterministic workflow state. Answers count only for the
 * bytes that they name: a question about other bytes discards them. The first outcome is final.
 */
public final class ApprovalGate {
    private final @Nullable ApprovalSpec spec;
    private final RunRef run;
    private final ApprovalPage page;
    private final Map<Approval, String> people = new LinkedHashMap<>();
    private final List<Approval> answers = new ArrayList<>();
    private @Nullable ApprovalRequest question;
    private State state;

    /**
     * A gate whose question is not asked yet.
     *
     * @param spec null = every model passes
     */
    public ApprovalGate(@Nullable ApprovalSpec spec, RunRef run) {
        this.spec = spec;
        this.run = run;
        this.page = new ApprovalPage(run);
        this.state = spec == null ? State.NOT_NEEDED : State.NOT_ASKED;
    }

    /**
     * Waits until enough people have approved, one person has rejected, or the time is over.
     *
     * @return the approvals; empty when none are required
     * @throws io.temporal.failure.ApplicationFailure GateFailed when the model was not approved
     */
    public List<Approval> awaitApprovals(ArtifactRef artifact, EvaluationReport report) {
        ApprovalSpec approvalSpec = spec;
        if (approvalSpec == null) {
            return List.of();
        }
        ApprovalRequest request = question(approvalSpec, artifact, report);
        ApprovalRequest before = question;
        if (before == null || !before.sameAs(request)) {
            answers.clear();
            people.clear();
        }
        question = request;
        state = State.WAITING;
        await(request, report, approvalSpec.within());
        if (state == State.APPROVED) {
            page.continued();
            return List.copyOf(answers);
        }
        throw FailureType.GATE_FAILED.of(
                state == State.REJECTED ? ApprovalWords.rejected(last()) : ApprovalWords.expired(request, approvals()));
    }

    /**
     * Checks whether an answer can be accepted now; changes nothing.
     *
     * @throws io.temporal.failure.ApplicationFailure Refused, with the reason in the message
     */
    public void check(@Nullable ApprovalDecision answer) {
        ApprovalRequest request = question;
        if (state != State.WAITING || request == null) {
            throw FailureType.REFUSED.of(ApprovalWords.closed(status()));
        }
        AnswerCheck.fits(answer, request);
    }

    /**
     * Accepts an answer after a worker has identified the person. A second approval of the same person changes nothing.
     */
    public AnswerTaken accept(ApprovalDecision answer, boolean approves) {
        check(answer);
        CheckedAnswer checked = checked(answer, approves);
        check(answer); // of two answers that passed the check together, one may have been accepted meanwhile
        ApprovalRequest request = Objects.requireNonNull(question);
        boolean repeated = approves && people.containsValue(checked.person());
        if (!repeated) {
            Approval approval = approval(answer, approves, checked);
            answers.add(approval);
            people.put(approval, checked.person());
        }
        if (!approves) {
            state = State.REJECTED;
        } else if (approvals() >= request.quorum()) {
            state = State.APPROVED;
        }
        return new AnswerTaken(
                state, approvals(), request.quorum(), ApprovalWords.accepted(state, approvals(), request, repeated));
    }

    /** Runs of earlier versions did not verify names. */
    private CheckedAnswer checked(ApprovalDecision answer, boolean approves) {
        if (run.ticket() == null) {
            return new CheckedAnswer(AnswerCheck.person(answer.by()), false, null);
        }
        AnswerActivities worker = StageStubs.activities(
                AnswerActivities.class,
                StagePolicy.within(Duration.ofMinutes(1)),
                TaskQueues.LIGHT,
                "check who answers");
        try {
            return worker.check(new AnswerRequest(run, Objects.requireNonNull(question), answer, approves));
        } catch (ActivityFailure refused) {
            throw FailureType.REFUSED.of(FailureCauses.message(refused));
        }
    }

    /** The state of the question. */
    public ApprovalStatus status() {
        return new ApprovalStatus(state, question, answers);
    }

    private void await(ApprovalRequest request, EvaluationReport report, Duration within) {
        boolean[] expired = new boolean[1];
        CancellationScope clock = Workflow.newCancellationScope(() -> Workflow.newTimer(
                        within,
                        TimerOptions.newBuilder()
                                .setSummary("the question expires")
                                .build())
                .handle((fired, cancelled) -> expired[0] = cancelled == null));
        clock.run();
        while (state == State.WAITING && !expired[0]) {
            page.waits(request, report, answers);
            int seen = answers.size();
            Workflow.await(() -> state != State.WAITING || expired[0] || answers.size() != seen);
        }
        if (state == State.WAITING) {
            state = State.EXPIRED;
        } else {
            clock.cancel();
        }
        Workflow.await(Workflow::isEveryHandlerFinished); // late answers are refused before the decision is shown
        page.decided(status());
    }

    private static ApprovalRequest question(ApprovalSpec approvalSpec, ArtifactRef artifact, EvaluationReport report) {
        Instant now = Instant.ofEpochMilli(Workflow.currentTimeMillis());
        return new ApprovalRequest(
                approvalSpec.from(),
                approvalSpec.quorum(),
                now.plus(approvalSpec.within()).toString(),
                artifact.sha256(),
                report.artifact().sha256());
    }

    private static Approval approval(ApprovalDecision answer, boolean approves, CheckedAnswer checked) {
        return new Approval(
                Objects.requireNonNull(answer.by()).strip(),
                Objects.requireNonNull(answer.role()),
                approves,
                Instant.ofEpochMilli(Workflow.currentTimeMillis()).toString(),
                Objects.requireNonNull(answer.artifact()),
                Objects.requireNonNull(answer.report()),
                answer.comment(),
                checked.signed(),
                checked.seal());
    }

    private int approvals() {
        return (int) answers.stream().filter(Approval::approved).count();
    }

    private Approval last() {
        return answers.get(answers.size() - 1);
    }
}
