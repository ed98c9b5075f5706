package dev.septet.workflows;

import dev.septet.workflows.candidate.CandidateTrainingWorkflowImpl;
import dev.septet.workflows.deploy.DeployWorkflowImpl;
import dev.septet.workflows.evaluate.EvaluateWorkflowImpl;
import dev.septet.workflows.forget.ForgetWorkflowImpl;
import dev.septet.workflows.forget.UpgradedForgetWorkflow;
import dev.septet.workflows.initialize.InitializeWorkflowImpl;
import dev.septet.workflows.monitor.MonitorWorkflowImpl;
import dev.septet.workflows.monitor.UpgradedMonitorWorkflow;
import dev.septet.workflows.prepare.PrepareWorkflowImpl;
import dev.septet.workflows.setup.SetupWorkflowImpl;
import dev.septet.workflows.setup.TrialWorkflowImpl;
import dev.septet.workflows.train.TrainWorkflowImpl;
import java.util.Arrays;
import java.util.Map;

/** Every workflow type that a worker on the light queue registers. */
public final class SeptetWorkflows {
    /** By the class that unversioned workers register. */
    private static final Map<Class<?>, Class<?>> UPGRADED = Map.of(
            MonitorWorkflowImpl.class, UpgradedMonitorWorkflow.class,
            ForgetWorkflowImpl.class, UpgradedForgetWorkflow.class);

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

    /**
     * The same for workers with a version. Workflows that live for months do not stay on the version that began them. The
     * class of an unversioned worker must not say so: its workflow tasks would not be completed.
     */
    public static Class<?>[] versionedTypes() {
        return Arrays.stream(types())
                .map(type -> UPGRADED.getOrDefault(type, type))
                .toArray(Class<?>[]::new);
    }
}
