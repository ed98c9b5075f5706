package dev.septet.activities.train.outside;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.backend.OutsideTrainerSpec;
import dev.septet.workflows.FailureType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What keeps an outside trainer from its work, as failures of the stage. */
public final class TrainerProblems {
    private TrainerProblems() {}

    /** What this worker must not do; another attempt does not help. */
    public static StageProblem denied(BackEndSpec by, String why) {
        return new StageProblem(FailureType.POLICY_DENIED, "train: by %s: %s".formatted(by.written(), why));
    }

    /** What another attempt may not meet again. */
    public static StageProblem failed(BackEndSpec by, String why) {
        return new StageProblem(FailureType.BACKEND_FAILED, "train: by %s: %s".formatted(by.written(), why));
    }

    /** What a trainer did against the contract. */
    public static StageProblem broken(OutsideTrainer trainer, String what) {
        return new StageProblem(
                FailureType.BACKEND_FAILED,
                "train: trainer %s broke the contract: %s; see the page trainers.md".formatted(trainer.name(), what));
    }

    /**
     * Checks a name that a pipeline requests against a list of the operator's file.
     *
     * @param what the name's kind, which with an s is the name of the list
     * @param requested null = the first allowed one
     * @return the requested name, or the first allowed one
     * @throws StageProblem POLICY_DENIED when the list does not have it, or is empty
     */
    public static String requireAllowed(
            OutsideTrainerSpec by, String what, @Nullable String requested, List<String> allowed) {
        if (allowed.isEmpty()) {
            throw denied(by, "the operator's file declares no `%ss:`; ask the operator to add them".formatted(what));
        }
        if (requested != null && !allowed.contains(requested)) {
            throw denied(
                    by,
                    "the operator's file does not allow the %s '%s', only %s; write one of these, or ask the operator to add it to `%ss:`"
                            .formatted(what, requested, String.join(", ", allowed), what));
        }
        return requested == null ? allowed.get(0) : requested;
    }
}
