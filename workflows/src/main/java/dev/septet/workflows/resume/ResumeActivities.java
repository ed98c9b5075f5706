package dev.septet.workflows.resume;

import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.catalog.ResolvedPipeline;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities that take results from an earlier run. */
@ActivityInterface
public interface ResumeActivities {
    /**
     * The results of the stages before {@code from}, and none of later stages.
     *
     * @param present the file as it is now
     * @throws io.temporal.failure.ApplicationFailure InvalidPipeline when the earlier run did not get that far, or when
     *     an earlier stage depends on something that has changed since
     */
    @ActivityMethod(name = "TakeOver")
    PipelineReport takeOver(ResolvedPipeline present, Resume resume);
}
