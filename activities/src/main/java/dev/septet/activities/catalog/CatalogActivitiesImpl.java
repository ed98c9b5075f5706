package dev.septet.activities.catalog;

import dev.septet.activities.support.Failures;
import dev.septet.activities.support.SearchRegister;
import dev.septet.dsl.spec.SpecDigest;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.catalog.CatalogActivities;
import dev.septet.workflows.catalog.ResolvedPipeline;

import io.temporal.activity.Activity;

import java.io.IOException;
import java.util.List;

/** The catalogue on a worker. */
public final class CatalogActivitiesImpl implements CatalogActivities {
    private final Catalog catalog;

    public CatalogActivitiesImpl(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public ResolvedPipeline resolve(PipelineRequest request, String runId) {
        try {
            Catalog.Resolution found = catalog.resolve(request);
            RunRef run =
                    new RunRef(
                            found.spec().name(),
                            runId,
                            found.folder().toString(),
                            SpecDigest.of(found.spec()),
                            searchable());
            return new ResolvedPipeline(run, found.spec());
        } catch (IOException | RuntimeException problem) {
            throw Failures.of(problem);
        }
    }

    /** What the run's server lets it be found by; told here, so that history holds the answer. */
    private static List<String> searchable() {
        return new SearchRegister(Activity.getExecutionContext().getWorkflowClient()).knownOrNone();
    }
}
