package dev.septet.workflows.deploy;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.S3Spec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Input of stage 6.
 *
 * @param exam the evaluation whose rows the quantized forms answer; null when the pipeline file has no {@code exam}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeployRequest(
        RunRef run,
        DeploySpec spec,
        SetupSpec setup,
        DatasetRef dataset,
        ModelRef model,
        CheckpointRef checkpoint,
        EvaluationReport evaluation,
        @Nullable EvaluateSpec exam)
        implements RunScoped {
    /** Without an exam of the quantized forms. */
    public DeployRequest(
            RunRef run,
            DeploySpec spec,
            SetupSpec setup,
            DatasetRef dataset,
            ModelRef model,
            CheckpointRef checkpoint,
            EvaluationReport evaluation) {
        this(run, spec, setup, dataset, model, checkpoint, evaluation, null);
    }

    /** Whether it publishes to files of one machine, or is served there. An S3 bucket needs no particular machine. */
    public boolean needsHost() {
        return spec.targets().stream().anyMatch(target -> !(target instanceof S3Spec));
    }

    @Override
    public List<Object> specs() {
        return exam == null ? List.of(spec, setup) : List.of(spec, setup, exam);
    }
}
