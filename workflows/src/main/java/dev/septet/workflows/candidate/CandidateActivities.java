package dev.septet.workflows.candidate;

import dev.septet.workflows.artifact.ModelChoice;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities of the choice of a base model. */
@ActivityInterface
public interface CandidateActivities {
    /** Resolves, checks and pins a candidate. One that cannot be the base model is left out with the reason. */
    @ActivityMethod(name = "ScreenCandidate")
    ModelChoice.Examined screen(CandidateRequest request);

    /**
     * Examines a candidate on the rows of the validation split.
     *
     * @throws io.temporal.failure.ApplicationFailure InvalidPipeline when there are no such rows
     */
    @ActivityMethod(name = "ExamineCandidate")
    ModelChoice.Examined examine(CandidateRequest request);

    /**
     * Trains a candidate for the first steps of the file's training, and examines it on the same rows as before. The run's own
     * training continues from its checkpoint.
     */
    @ActivityMethod(name = "TrainCandidate")
    CandidateTrained train(CandidateTrainingRequest request);

    /** Removes the checkpoints of short trainings that the run does not continue. */
    @ActivityMethod(name = "EndCandidates")
    void end(CandidateEnd end);
}
