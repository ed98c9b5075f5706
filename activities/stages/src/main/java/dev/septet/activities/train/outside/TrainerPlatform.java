package dev.septet.activities.train.outside;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.workflows.train.TrainRequest;
import java.util.function.Consumer;

/** Where the trainer of a pipeline runs: on the machine of a worker, or as a job of a cluster or a service. */
@FunctionalInterface
public interface TrainerPlatform {
    /**
     * The launcher of a run's program.
     *
     * @param ending receives what is waited for while a job ends; may throw when the attempt must end
     */
    TrainerLauncher launcher(
            TrainRequest request, TrainerFolder folder, OutsideTrainer trainer, Consumer<String> ending);

    /**
     * Checks what the pipeline requests, before a job exists.
     *
     * @throws StageProblem POLICY_DENIED when the operator does not allow it
     */
    default void check() {}

    /** Whether the trainer and the worker share the run folder, so that no job exists without the folder. */
    default boolean sharesRunFolder() {
        return true;
    }
}
