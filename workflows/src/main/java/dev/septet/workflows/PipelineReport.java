package dev.septet.workflows;

import com.fasterxml.jackson.annotation.JsonInclude;

import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.setup.SetupReport;

import org.jspecify.annotations.Nullable;

/** The lineage of a run: result of the workflow and answer of the query {@code report}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PipelineReport(
        @Nullable RunRef run,
        @Nullable DatasetRef dataset,
        @Nullable ModelRef model,
        @Nullable SetupReport setup,
        @Nullable CheckpointRef checkpoint,
        @Nullable EvaluationReport evaluation,
        @Nullable DeploymentRef deployment,
        @Nullable String monitorId) {}
