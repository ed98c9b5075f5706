package dev.septet.workflows;

import dev.septet.workflows.candidate.CandidateTrainingWorkflowImpl;
import dev.septet.workflows.deploy.DeployWorkflowImpl;
import dev.septet.workflows.evaluate.EvaluateWorkflowImpl;
import dev.septet.workflows.forget.ForgetWorkflowImpl;
import dev.septet.workflows.initialize.InitializeWorkflowImpl;
import dev.septet.workflows.monitor.MonitorWorkflowImpl;
import dev.septet.workflows.prepare.PrepareWorkflowImpl;
import dev.septet.workflows.setup.SetupWorkflowImpl;
import dev.septet.workflows.setup.TrialWorkflowImpl;
import dev.septet.workflows.train.TrainWorkflowImpl;

/** Every workflow type that a worker on the light queue registers. */
public final class SeptetWorkflows {
    private SeptetWorkflows() {}

    /** Implementation classes, a fresh array each time. */
    public static Class<?>[] types() {
        return new Class<?>[] {
            PipelineWorkflowImpl.class,
            PrepareWorkflowImpl.class,
            InitializeWorkflowImpl.class,
            CandidateTrainingWorkflowImpl.class,
            SetupWorkflowImpl.class,
            TrialWorkflowImpl.class,
            TrainWorkflowImpl.class,
            EvaluateWorkflowImpl.class,
            DeployWorkflowImpl.class,
            MonitorWorkflowImpl.class,
            ForgetWorkflowImpl.class
        };
    }
}
