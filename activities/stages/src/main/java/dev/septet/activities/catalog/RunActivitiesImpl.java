package dev.septet.activities.catalog;

import dev.septet.workflows.catalog.RunActivities;
import dev.septet.workflows.monitor.FollowActivities;
import dev.septet.workflows.monitor.MonitorRequest;
import dev.septet.workflows.retrain.RunInProgress;
import io.temporal.activity.Activity;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowTargetOptions;
import java.util.List;

/** Queries the Temporal server that the worker is connected to about runs. */
public final class RunActivitiesImpl implements RunActivities, FollowActivities {
    @Override
    public List<RunInProgress> stillUnderWay(List<RunInProgress> runs) {
        WorkflowClient client = Activity.getExecutionContext().getWorkflowClient();
        return runs.stream().filter(run -> running(client, run)).toList();
    }

    @Override
    public void admit(MonitorRequest newer) {
        // The worker checks the request's ticket before this method starts; that check is the answer.
    }

    private static boolean running(WorkflowClient client, RunInProgress run) {
        try {
            return client.newUntypedWorkflowStub(WorkflowTargetOptions.newBuilder()
                                    .setWorkflowId(run.workflowId())
                                    .setRunId(run.start().runId())
                                    .build())
                            .describe()
                            .getStatus()
                    == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
        } catch (WorkflowNotFoundException forgotten) {
            return false;
        }
    }
}
