package dev.septet.workflows;

import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.SourceRows;
import dev.septet.workflows.catalog.CatalogActivities;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.graph.StageInputs;
import dev.septet.workflows.prepare.PrepareWorkflow;
import io.temporal.workflow.ChildWorkflowCancellationType;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pipelines whose prepared rows are the data of another pipeline. Each prepares its rows as a child of the run, or
 * reuses them. A source may have a source itself; a cycle is rejected.
 */
final class SourcePipelines {
    private final CatalogActivities catalog;
    private final StageBoard board;
    private final List<SourceRows> prepared = new ArrayList<>();

    SourcePipelines(CatalogActivities catalog, StageBoard board) {
        this.catalog = catalog;
        this.board = board;
    }

    /** The rows that the source pipelines prepared. A source comes before the pipeline that uses it. */
    List<SourceRows> prepared() {
        return List.copyOf(prepared);
    }

    /** The rows that a pipeline takes from another; null when it reads a file. */
    @Nullable
    DatasetRef rowsFor(ResolvedPipeline pipeline) {
        List<String> path = new ArrayList<>();
        path.add(pipeline.spec().name());
        return rowsFor(pipeline, path);
    }

    private @Nullable DatasetRef rowsFor(ResolvedPipeline pipeline, List<String> path) {
        String name = pipeline.spec().prepare().pipeline();
        if (name == null) {
            return null;
        }
        boolean cyclic = path.contains(name);
        path.add(name);
        if (cyclic) {
            throw FailureType.INVALID_PIPELINE.of(
                    "prepare: pipelines take their rows from each other in a circle: " + String.join(" -> ", path));
        }
        String run = Workflow.getInfo().getRunId();
        ResolvedPipeline source = catalog.resolve(PipelineRequest.named(name), run + "/rows-of-" + name);
        DatasetRef rows = rowsFor(source, path);
        board.set(Stage.PREPARE, StageStatus.State.RUNNING, "pipeline " + name + " prepares its rows");
        DatasetRef dataset = Workflow.newChildWorkflowStub(
                        PrepareWorkflow.class,
                        StageStubs.child(
                                        StageStubs.id(pipeline.run(), Stage.PREPARE) + "/rows-of-" + name,
                                        name + ": prepare, for " + path.get(0))
                                .setCancellationType(ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED)
                                .build())
                .prepare(StageGraph.PREPARE.request(StageInputs.of(source.run(), source.spec(), rows)));
        prepared.add(new SourceRows(name, source.run().specDigest(), dataset));
        return dataset;
    }
}
