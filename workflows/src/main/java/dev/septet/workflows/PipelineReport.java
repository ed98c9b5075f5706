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
 * The lineage of a run: result of the workflow and answer of the query {@code report}.
 *
 * @param sources pipelines whose rows it is made of, the innermost first
 * @param refusal why a run that a schedule started published nothing although all its stages
 *     worked, null otherwise; other runs fail with it
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
     * The verdict that a new model is not good enough, of the gate, of people or of live requests.
     *
     * @param type such as {@code GateFailed}: the name of the failure that it would be
     * @param message a sentence
     */
    public record Refusal(String type, String message) {}

    @SuppressWarnings("NullAway") // a tolerant reader: absent in JSON is null here
    public PipelineReport {
        sources = sources == null ? List.of() : List.copyOf(sources);
    }

    /** Of a run that was refused nothing. */
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

    /** Of a run that has made nothing yet. */
    public static final PipelineReport NOTHING =
            new PipelineReport(null, null, null, null, null, null, null, null, List.of());

    /** What a stage made, null when it made nothing. */
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

    /** Only what the stages before this one made. */
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
