package dev.septet.workflows;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.SourceRows;
import dev.septet.workflows.setup.SetupReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lineage of a run: result of the workflow and of the query {@code report}.
 *
 * @param sources pipelines whose rows it is made of, the innermost first
 * @param refusal why a scheduled run published nothing although all its stages worked, null otherwise; other runs fail
 *     with it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PipelineReport(
        @Nullable RunRef run,
        @Nullable DatasetRef dataset,
        @Nullable ModelRef model,
        @Nullable SetupReport setup,
        @Nullable CheckpointRef checkpoint,
        @Nullable EvaluationReport evaluation,
        @Nullable DeploymentRef deployment,
        @Nullable String monitorId,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<SourceRows> sources,
        @Nullable Refusal refusal) {
    /**
     * The decision of the gate, of people or of live requests that a new model is not good enough.
     *
     * @param type the type of the equivalent failure, such as {@code GateFailed}
     * @param message a sentence
     */
    public record Refusal(String type, String message) {}

    @SuppressWarnings("NullAway") // lenient reader: a property absent in JSON is null here
    public PipelineReport {
        sources = sources == null ? List.of() : List.copyOf(sources);
    }

    /** The report of a run without a refusal. */
    public PipelineReport(
            @Nullable RunRef run,
            @Nullable DatasetRef dataset,
            @Nullable ModelRef model,
            @Nullable SetupReport setup,
            @Nullable CheckpointRef checkpoint,
            @Nullable EvaluationReport evaluation,
            @Nullable DeploymentRef deployment,
            @Nullable String monitorId,
            List<SourceRows> sources) {
        this(run, dataset, model, setup, checkpoint, evaluation, deployment, monitorId, sources, null);
    }

    /** The report of a run without any results yet. */
    public static final PipelineReport NOTHING =
            new PipelineReport(null, null, null, null, null, null, null, null, List.of());

    /** The result of a stage, null when it has none. */
    public @Nullable Object of(Stage stage) {
        return switch (stage) {
            case PREPARE -> dataset;
            case INITIALIZE -> model;
            case SETUP -> setup;
            case TRAIN -> checkpoint;
            case EVALUATE -> evaluation;
            case DEPLOY -> deployment;
            case MONITOR -> monitorId;
        };
    }

    /** Only the results of the stages before this one. */
    public PipelineReport before(Stage from) {
        return new PipelineReport(
                null,
                Stage.PREPARE.compareTo(from) < 0 ? dataset : null,
                Stage.INITIALIZE.compareTo(from) < 0 ? model : null,
                Stage.SETUP.compareTo(from) < 0 ? setup : null,
                Stage.TRAIN.compareTo(from) < 0 ? checkpoint : null,
                Stage.EVALUATE.compareTo(from) < 0 ? evaluation : null,
                Stage.DEPLOY.compareTo(from) < 0 ? deployment : null,
                null,
                sources);
    }
}
