package dev.septet.workflows.candidate;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelChoice.Examined;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.initialize.InitializeWorkflow;
import dev.septet.workflows.prepare.PrepareWorkflow;
import dev.septet.workflows.setup.PreflightReport;
import dev.septet.workflows.setup.SetupActivities;
import dev.septet.workflows.setup.SetupReport;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import java.util.Objects;
import java.util.Set;

/**
 * Orchestration of one short training. The requests are those of the run itself, so the stages of the chosen candidate find the
 * results of this workflow.
 */
public final class CandidateTrainingWorkflowImpl implements CandidateTrainingWorkflow {
    /**
     * Failures that belong to the candidate. Any other failure ends the run. Candidates that a policy forbids were left out
     * before, so POLICY_DENIED is about the worker, which must not change the choice.
     */
    private static final Set<String> OF_THE_CANDIDATE = Set.of(
            FailureType.INVALID_PIPELINE.type(), FailureType.POISON_DATA.type(), FailureType.OUT_OF_MEMORY.type());

    @Override
    public CandidateTrained train(CandidateTraining request) {
        Examined candidate = Objects.requireNonNull(request.exam().screened());
        try {
            return trained(request, candidate.model());
        } catch (TemporalFailure failure) {
            ApplicationFailure root = FailureCauses.root(failure);
            if (FailureCauses.cancelled(failure) || root == null || !OF_THE_CANDIDATE.contains(root.getType())) {
                throw failure;
            }
            return new CandidateTrained(candidate.untrained(FailureCauses.message(failure)), null);
        }
    }

    private static CandidateTrained trained(CandidateTraining request, String model) {
        String name = request.own().pipeline() + ": " + model + ": ";
        DatasetRef dataset = StageStubs.stage(PrepareWorkflow.class, request.own(), Stage.PREPARE, name + "prepare")
                .prepare(request.prepare());
        ModelRef pinned = StageStubs.stage(
                        InitializeWorkflow.class, request.own(), Stage.INITIALIZE, name + "initialize")
                .initialize(request.initialize(dataset));
        SetupRequest setup = request.setup(dataset, pinned);
        PreflightReport preflight = on(
                        SetupActivities.class, request, setup.spec().policy(), "preflight " + model)
                .preflight(setup);
        // A search of the file comes after the choice, so the settings are those of the file.
        SetupReport settings = SetupReport.asWritten(setup, preflight);
        TrainRequest training = new TrainRequest(
                request.exam().run(),
                setup.train(),
                setup.initialize(),
                setup.spec(),
                dataset,
                pinned,
                settings.learningRate(),
                settings.rank());
        return on(CandidateActivities.class, request, setup.train().policy(), "train " + model)
                .train(new CandidateTrainingRequest(request.exam(), training, request.steps()));
    }

    private static <A> A on(Class<A> type, CandidateTraining request, StagePolicy policy, String summary) {
        return StageStubs.counted(
                type, policy, TaskQueues.training(request.exam().setup().resources()), summary);
    }
}
