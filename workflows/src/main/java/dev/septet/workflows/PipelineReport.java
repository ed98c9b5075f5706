package dev.septet.workflows;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.FoldScores;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.SourceRows;
import dev.septet.workflows.setup.SetupReport;
import dev.septet.workflows.track.TrackedIn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lineage of a run: result of the workflow and of the query {@code report}.
 *
 * @param sources pipelines whose rows it is made of, the innermost first
 * @param refusal why a scheduled run published nothing although all its stages worked, null otherwise; other runs fail
 *     with it
 * @param folds scores of the cross-validation before the training; null without one
 * @param page folder with the page of the whole run; null before its end, and in runs of earlier versions
 * @param tracked what the trackers have of the run; empty before its end, and without trackers
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
        @Nullable Refusal refusal,
        @Nullable FoldScores folds,
        @Nullable ArtifactRef page,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TrackedIn> tracked) {
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
        tracked = tracked == null ? List.of() : List.copyOf(tracked);
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
        this(
                run,
                dataset,
                model,
                setup,
                checkpoint,
                evaluation,
                deployment,
                monitorId,
                sources,
                null,
                null,
                null,
                List.of());
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

    /** With what a stage made. */
    public PipelineReport with(Stage stage, Object result) {
        return new PipelineReport(
                run,
                stage == Stage.PREPARE ? (DatasetRef) result : dataset,
                stage == Stage.INITIALIZE ? (ModelRef) result : model,
                stage == Stage.SETUP ? (SetupReport) result : setup,
                stage == Stage.TRAIN ? (CheckpointRef) result : checkpoint,
                stage == Stage.EVALUATE ? (EvaluationReport) result : evaluation,
                stage == Stage.DEPLOY ? (DeploymentRef) result : deployment,
                stage == Stage.MONITOR ? (String) result : monitorId,
                sources,
                refusal,
                folds,
                page,
                tracked);
    }

    /** With the scores of a cross-validation. */
    public PipelineReport with(@Nullable FoldScores scores) {
        return new PipelineReport(
                run,
                dataset,
                model,
                setup,
                checkpoint,
                evaluation,
                deployment,
                monitorId,
                sources,
                refusal,
                scores,
                page,
                tracked);
    }

    /** With the page of the whole run. */
    public PipelineReport with(@Nullable ArtifactRef written) {
        return new PipelineReport(
                run,
                dataset,
                model,
                setup,
                checkpoint,
                evaluation,
                deployment,
                monitorId,
                sources,
                refusal,
                folds,
                written,
                tracked);
    }

    /** With what the trackers have of the run. */
    PipelineReport tracked(List<TrackedIn> trackers) {
        return new PipelineReport(
                run,
                dataset,
                model,
                setup,
                checkpoint,
                evaluation,
                deployment,
                monitorId,
                sources,
                refusal,
                folds,
                page,
                trackers);
    }

    /** The same results, of a run. */
    PipelineReport of(@Nullable RunRef run, List<SourceRows> sources, @Nullable Refusal refusal) {
        return new PipelineReport(
                run,
                dataset,
                model,
                setup,
                checkpoint,
                evaluation,
                deployment,
                monitorId,
                sources,
                refusal,
                folds,
                page,
                tracked);
    }

    /** Only the results of the stages before this one. */
    public PipelineReport before(Stage from) {
        PipelineReport kept = NOTHING.of(null, sources, null);
        for (Stage stage : Stage.values()) {
            Object result = of(stage);
            kept = result == null || stage.compareTo(from) >= 0 ? kept : kept.with(stage, result);
        }
        return kept;
    }
}
