package dev.septet.workflows.initialize;

import dev.septet.workflows.artifact.ModelRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities of stage 2. */
@ActivityInterface
public interface InitializeActivities {
    /**
     * Resolves, verifies and pins the base model, and estimates the memory of training.
     *
     * @throws io.temporal.failure.ApplicationFailure InvalidPipeline naming the constraint that failed, the missing
     *     file, or the file that is a pickle
     */
    @ActivityMethod(name = "Initialize")
    ModelRef initialize(InitializeRequest request);
}
