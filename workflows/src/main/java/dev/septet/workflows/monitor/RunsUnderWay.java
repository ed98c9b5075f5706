package dev.septet.workflows.monitor;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.PipelineWorkflow;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.catalog.RunActivities;
import dev.septet.workflows.retrain.RunInProgress;
import dev.septet.workflows.retrain.RunQueue;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;

/**
 * The pipeline's runs in progress, as its monitor knows them; workflow state. The monitor receives all their events in
 * one order, so that a retraining and a scheduled run never begin at the same time.
 */
final class RunsUnderWay {
    private final String pipeline;
    private RunQueue turns;

    /** Whether the server has been asked to start a retraining that has not begun yet. */
    private boolean starting;

    RunsUnderWay(String pipeline, RunQueue turns) {
        this.pipeline = pipeline;
        this.turns = turns;
    }

    /** The state that continue-as-new passes on. */
    RunQueue turns() {
        return turns;
    }

    void add(RunInProgress run) {
        turns = turns.add(run);
        answer();
    }

    void ended(String runId) {
        turns = turns.ended(runId);
        answer();
    }

    /** Why no retraining may start; empty when one may. */
    String objection() {
        if (!turns.all().isEmpty()) {
            forgetEnded();
        }
        return turns.objection(pipeline);
    }

    /** From now on a retraining counts as in progress. */
    void starting() {
        starting = true;
    }

    /** The retraining began. */
    void started(RunInProgress retraining) {
        starting = false;
        turns = turns.add(retraining);
    }

    /** The retraining did not begin. */
    void notStarted() {
        starting = false;
        answer();
    }

    /** Answers the scheduled runs that wait for their turn. */
    private void answer() {
        if (turns.waiting().isEmpty()) {
            return;
        }
        if (turns.retrains(pipeline)) {
            forgetEnded();
        }
        for (RunInProgress run : turns.waiting()) {
            boolean now = !starting && !turns.retrains(pipeline);
            if (now) {
                turns = turns.continuing(run);
            }
            try {
                Workflow.newExternalWorkflowStub(PipelineWorkflow.class, execution(run))
                        .turn(now, run.ticket());
            } catch (ApplicationFailure notFound) {
                turns = turns.ended(run.start().runId());
            }
        }
    }

    /**
     * Removes runs that have ended without an announcement, such as terminated ones. Keeps all runs when the server
     * cannot be asked.
     */
    private void forgetEnded() {
        List<RunInProgress> known = turns.all();
        RunActivities server = StageStubs.activities(
                RunActivities.class,
                StagePolicy.within(Duration.ofMinutes(1)),
                TaskQueues.LIGHT,
                "which runs are under way");
        try {
            List<RunInProgress> still = server.stillUnderWay(known);
            turns = turns.only(run -> still.contains(run) || !known.contains(run));
        } catch (ActivityFailure unknown) {
            Workflow.getLogger(RunsUnderWay.class).warn("{}", FailureCauses.message(unknown));
        }
    }

    private static WorkflowExecution execution(RunInProgress run) {
        return WorkflowExecution.newBuilder()
                .setWorkflowId(run.workflowId())
                .setRunId(run.start().runId())
                .build();
    }
}
