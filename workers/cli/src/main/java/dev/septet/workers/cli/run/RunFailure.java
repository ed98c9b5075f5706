package dev.septet.workers.cli.run;

import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.PipelineReport;
import io.temporal.client.WorkflowFailedException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TerminatedFailure;
import io.temporal.failure.TimeoutFailure;
import java.util.Optional;
import java.util.Set;

/**
 * The reason why a run did not succeed.
 *
 * @param message the reason as a sentence
 * @param code the command's exit code
 */
public record RunFailure(String message, int code) {
    private static final Set<String> NOT_GOOD_ENOUGH =
            Set.of(FailureType.GATE_FAILED.type(), FailureType.CANARY_FAILED.type(), FailureType.VERDICT_STALE.type());

    public static RunFailure of(WorkflowFailedException failed) {
        return new RunFailure(message(failed), code(failed));
    }

    /**
     * A scheduled run completes with its refusal as a result. A command that waits for it reports
     * the same failure as for other runs.
     */
    public static RunFailure of(PipelineReport.Refusal refusal) {
        return new RunFailure(refusal.message(), ExitCode.GATE_FAILED);
    }

    /** Why an ended run did not succeed; empty when it did. */
    public static Optional<String> message(RunHandle ended) {
        try {
            PipelineReport.Refusal refusal = ended.result().refusal();
            return Optional.ofNullable(refusal).map(PipelineReport.Refusal::message);
        } catch (WorkflowFailedException failed) {
            return Optional.of(message(failed));
        }
    }

    private static String message(WorkflowFailedException failed) {
        Throwable cause = failed.getCause();
        if (cause instanceof ApplicationFailure application) {
            return String.valueOf(application.getOriginalMessage());
        }
        if (cause instanceof CanceledFailure) {
            return "the run was cancelled";
        }
        if (cause instanceof TerminatedFailure) {
            return "the run was terminated";
        }
        if (cause instanceof TimeoutFailure) {
            return "the run reached its time limit";
        }
        return String.valueOf(cause == null ? failed.getMessage() : cause.getMessage());
    }

    private static int code(WorkflowFailedException failed) {
        if (failed.getCause() instanceof ApplicationFailure application) {
            if (NOT_GOOD_ENOUGH.contains(application.getType())) {
                return ExitCode.GATE_FAILED;
            }
            if (FailureType.INVALID_PIPELINE.type().equals(application.getType())) {
                return ExitCode.PIPELINE_INVALID;
            }
        }
        return ExitCode.RUN_FAILED;
    }
}
