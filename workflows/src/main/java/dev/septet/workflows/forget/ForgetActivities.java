package dev.septet.workflows.forget;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** Activities of an erasure. Each may be repeated: a repeated call completes an interrupted one. */
@ActivityInterface
public interface ForgetActivities {
    /** Finds what saw the rows, and records what is going to be deleted, with what earlier plans of the order have. */
    @ActivityMethod(name = "PlanErasure")
    ErasurePlan plan(ErasureRequest request);

    /** Adds the rows to the lists of rows that later runs leave out. */
    @ActivityMethod(name = "ExcludeRows")
    void exclude(ErasureRequest request);

    /** Workflow ids of open runs of these pipelines, which may have begun with the rows. */
    @ActivityMethod(name = "OpenRuns")
    List<String> openRuns(ErasureRequest request, List<String> pipelines);

    /** The versions that saw the rows and still serve, one sentence each; empty when they may be deleted. */
    @ActivityMethod(name = "StillServed")
    List<String> stillServed(ErasureRequest request);

    /**
     * Deletes what was made of the rows from the store, verifies that it is gone, and records what was done. It refuses when
     * rows have come to a pipeline that the plan does not have.
     *
     * @param retrained runs that trained the models that serve now
     * @param left what could not be deleted elsewhere, one sentence each
     */
    @ActivityMethod(name = "Erase")
    ErasureReport erase(ErasureRequest request, List<String> retrained, List<String> left);
}
