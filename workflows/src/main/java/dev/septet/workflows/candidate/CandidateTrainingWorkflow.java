package dev.septet.workflows.candidate;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** The short training of one candidate: its own preparation, checks and first steps, and its exam after them. */
@WorkflowInterface
public interface CandidateTrainingWorkflow {
    String TYPE = "TrainCandidate";

    /** Trains and examines. A candidate that cannot be trained is left out with the reason. */
    @WorkflowMethod(name = TYPE)
    CandidateTrained train(CandidateTraining request);
}
