package dev.septet.workflows;

import dev.septet.dsl.pipeline.prepare.SourceSpec;
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

/**
 * Pipelines whose prepared rows are the data of another pipeline. Each prepares its rows as a child of the run, or
 * reuses them. A source may have sources itself; a cycle is rejected.
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

    /** The rows that a pipeline takes from others, in the order of its file; empty when it reads files only. */
    List<SourceRows> rowsFor(ResolvedPipeline pipeline) {
        return rowsFor(pipeline, List.of(pipeline.spec().name()));
    }

    private List<SourceRows> rowsFor(ResolvedPipeline pipeline, List<String> path) {
        List<SourceRows> rows = new ArrayList<>();
        for (SourceSpec source : pipeline.spec().prepare().inputs()) {
            String name = source.pipeline();
            if (name != null) {
                rows.add(rowsOf(name, pipeline, path));
            }
        }
        return rows;
    }

    private SourceRows rowsOf(String name, ResolvedPipeline pipeline, List<String> reader) {
        List<String> path = new ArrayList<>(reader);
        path.add(name);
        if (reader.contains(name)) {
            throw FailureType.INVALID_PIPELINE.of(
                    "prepare: pipelines take their rows from each other in a circle: " + String.join(" -> ", path));
        }
        for (SourceRows known : prepared) {
            if (known.pipeline().equals(name)) {
                return known;
            }
        }
        String run = Workflow.getInfo().getRunId();
        ResolvedPipeline source = catalog.resolve(PipelineRequest.named(name), run + "/rows-of-" + name);
        List<SourceRows> rows = rowsFor(source, path);
        board.set(Stage.PREPARE, StageStatus.State.RUNNING, "pipeline " + name + " prepares its rows");
        DatasetRef dataset = Workflow.newChildWorkflowStub(
                        PrepareWorkflow.class,
                        StageStubs.child(
                                        StageStubs.id(pipeline.run(), Stage.PREPARE) + "/rows-of-" + name,
                                        name + ": prepare, for " + path.get(0))
                                .setCancellationType(ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED)
                                .build())
                .prepare(StageGraph.PREPARE.request(StageInputs.of(source.run(), source.spec(), rows)));
        SourceRows result = new SourceRows(name, source.run().specDigest(), dataset);
        prepared.add(result);
        return result;
    }
}
