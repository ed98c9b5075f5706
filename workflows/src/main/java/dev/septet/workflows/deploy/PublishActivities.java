package dev.septet.workflows.deploy;

import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.ExportRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/**
 * Who answers: the file work of stage 6. Each step may be cut short anywhere and done again; the
 * steps of one run write under one growing fence, so that none can undo a later one.
 */
@ActivityInterface
public interface PublishActivities {
    /**
     * Puts the export into every target, beside what is live; no alias and no route moves.
     *
     * @param approvals who agreed; empty where the file asks nobody
     */
    @ActivityMethod(name = "Publish")
    Publication publish(DeployRequest request, ExportRef export, List<Approval> approvals);

    /**
     * Lets the published model answer the canary's share of the requests; no alias moves.
     *
     * @throws io.temporal.failure.ApplicationFailure PolicyDenied when another run's model is on
     *     trial; VerdictStale when the champion is another one than the gate compared with
     */
    @ActivityMethod(name = "Challenge")
    void challenge(DeployRequest request, Publication publication);

    /**
     * Lets the published model answer everything: its route, then the aliases of its targets.
     *
     * @throws io.temporal.failure.ApplicationFailure PolicyDenied when another run's model is on
     *     trial, or this one not any more; VerdictStale when the champion is another one than the
     *     gate compared with
     */
    @ActivityMethod(name = "Promote")
    DeploymentRef promote(DeployRequest request, Publication publication);

    /** Lets the champion that was there before answer everything again. */
    @ActivityMethod(name = "RollBack")
    void rollBack(DeployRequest request, Publication publication);
}
