package dev.septet.workflows.catalog;

import dev.septet.workflows.PipelineRequest;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities that resolve a name or a text to a validated pipeline. */
@ActivityInterface
public interface CatalogActivities {
    /**
     * Reads, validates and pins the pipeline.
     *
     * @throws io.temporal.failure.ApplicationFailure InvalidPipeline, with every problem of the file, or with the known
     *     names when the pipeline or a parameter is unknown
     */
    @ActivityMethod(name = "Resolve")
    ResolvedPipeline resolve(PipelineRequest request, String runId);
}
