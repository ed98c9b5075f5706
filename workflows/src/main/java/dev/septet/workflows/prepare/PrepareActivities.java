package dev.septet.workflows.prepare;

import dev.septet.workflows.artifact.DatasetRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities of stage 1. */
@ActivityInterface
public interface PrepareActivities {
    /**
     * Reads, redacts, deduplicates, splits and tokenizes the rows.
     *
     * @throws io.temporal.failure.ApplicationFailure PoisonData with file, line and reason when more rows are bad than
     *     the file allows; InvalidPipeline when a file does not exist
     */
    @ActivityMethod(name = "Prepare")
    DatasetRef prepare(PrepareRequest request);
}
