package dev.septet.workflows.graph;

import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.FoldScores;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.SourceRows;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.retrain.Start;
import dev.septet.workflows.setup.PreflightReport;
import dev.septet.workflows.setup.SetupReport;
import dev.septet.workflows.setup.WorkerProbe;
import java.util.List;

/**
 * The values from which the requests of a run's stages are built.
 *
 * @param request the request that started the run
 * @param start when the run began
 * @param rows the prepared datasets of the other pipelines that the spec names, in its order; empty
 *     when the spec names files only
 * @param results the results so far
 */
public record StageInputs(
        RunRef run,
        PipelineSpec spec,
        PipelineRequest request,
        Start start,
        List<SourceRows> rows,
        PipelineReport results) {
    private static final Origin ORIGIN = new Origin("", null, "");
    private static final ArtifactRef CONSTANT = new ArtifactRef("", "", 0);

    /** The inputs of a new run without results, which is not a retraining. */
    public static StageInputs of(RunRef run, PipelineSpec spec, List<SourceRows> rows) {
        return new StageInputs(
                run, spec, PipelineRequest.named(spec.name()), new Start(run.runId(), 0), rows, PipelineReport.NOTHING);
    }

    /**
     * Inputs with the same constant results for every file. With them, two files differ only in the
     * requests of stages that read the differing settings.
     */
    public static StageInputs constant(RunRef run, PipelineSpec spec) {
        PreflightReport preflight = new PreflightReport(new WorkerProbe("", "", "", 0, 0, 0), 0, 0, ORIGIN);
        return of(run, spec, List.of())
                .with(StageGraph.PREPARE, new DatasetRef(CONSTANT, 0, 0, 0, 0, 0, 0, 0, 0, ORIGIN))
                .with(StageGraph.INITIALIZE, new ModelRef(CONSTANT, "", 0, 0, "", 0, 0, ORIGIN))
                .with(StageGraph.SETUP, new SetupReport(preflight, 0, 0, List.of(), ORIGIN))
                .with(StageGraph.TRAIN, new CheckpointRef(CONSTANT, true, CONSTANT, 0, 0, null, "", ORIGIN))
                .with(StageGraph.EVALUATE, new EvaluationReport(Verdict.GO, List.of(), CONSTANT, ORIGIN));
    }

    /** These inputs with a stage's result. */
    public <R> StageInputs with(StageNode<?, R> node, R result) {
        return new StageInputs(run, spec, request, start, rows, results.with(node.stage(), result));
    }

    /** These inputs with a chosen base model. */
    public StageInputs using(InitializeSpec chosen) {
        return new StageInputs(run, spec.using(chosen), request, start, rows, results);
    }

    /** These inputs with the scores of a cross-validation. */
    public StageInputs with(FoldScores folds) {
        return new StageInputs(run, spec, request, start, rows, results.with(folds));
    }

    /** These inputs with the results of only these stages. */
    StageInputs restrictedTo(List<Stage> stages) {
        PipelineReport selected = PipelineReport.NOTHING.with(results.folds());
        for (Stage stage : stages) {
            Object result = results.of(stage);
            selected = result == null ? selected : selected.with(stage, result);
        }
        return new StageInputs(run, spec, request, start, rows, selected);
    }

    /** A stage's result. */
    public <R> R result(StageNode<?, R> node) {
        Object result = results.of(node.stage());
        if (result == null) {
            throw new IllegalStateException("%s has no result, or the request does not take its result"
                    .formatted(node.stage().word()));
        }
        return node.result().cast(result);
    }
}
