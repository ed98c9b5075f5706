package dev.septet.workflows.deploy;

import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.ExportRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/**
 * Activities of stage 6 that work with files and routes. Each one may be interrupted anywhere and repeated. The
 * activities of one run use an increasing fence, so that none can undo a later one.
 */
@ActivityInterface
public interface PublishActivities {
    /**
     * Copies the export to every target. The live model stays: no alias and no route changes.
     *
     * @param approvals the approvals; empty when the file requires none
     */
    @ActivityMethod(name = "Publish")
    Publication publish(DeployRequest request, ExportRef export, List<Approval> approvals);

    /**
     * Routes the canary's share of the requests to the published model; no alias changes.
     *
     * @throws io.temporal.failure.ApplicationFailure PolicyDenied when another run's model is on trial; VerdictStale
     *     when the champion is not the one that the gate compared with
     */
    @ActivityMethod(name = "Challenge")
    void challenge(DeployRequest request, Publication publication);

    /**
     * Routes all requests to the published model, then moves the aliases of its targets.
     *
     * @throws io.temporal.failure.ApplicationFailure PolicyDenied when another run's model is on trial, or this one is
     *     not any more; VerdictStale when the champion is not the one that the gate compared with
     */
    @ActivityMethod(name = "Promote")
    DeploymentRef promote(DeployRequest request, Publication publication);

    /** Routes all requests to the previous champion again. */
    @ActivityMethod(name = "RollBack")
    void rollBack(DeployRequest request, Publication publication);
}
