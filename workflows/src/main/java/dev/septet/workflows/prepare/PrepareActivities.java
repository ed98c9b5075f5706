package dev.septet.workflows.prepare;

import dev.septet.workflows.artifact.DatasetRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Work of stage 1. */
@ActivityInterface
public interface PrepareActivities {
    /**
     * Ingest, redact, deduplicate, split, tokenize.
     *
     * @throws io.temporal.failure.ApplicationFailure PoisonData with file, line and reason when
     *     more rows are bad than the file allows; InvalidPipeline when a file is not there
     */
    @ActivityMethod(name = "Prepare")
    DatasetRef prepare(PrepareRequest request);
}
