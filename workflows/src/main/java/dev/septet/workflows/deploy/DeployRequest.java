package dev.septet.workflows.deploy;

import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.S3Spec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import java.util.List;

/** Input of stage 6. */
public record DeployRequest(
        RunRef run,
        DeploySpec spec,
        SetupSpec setup,
        DatasetRef dataset,
        ModelRef model,
        CheckpointRef checkpoint,
        EvaluationReport evaluation)
        implements RunScoped {
    /** Whether it publishes to files of one machine, or is served there. An S3 bucket needs no particular machine. */
    public boolean needsHost() {
        return spec.targets().stream().anyMatch(target -> !(target instanceof S3Spec));
    }

    @Override
    public List<Object> specs() {
        return List.of(spec, setup);
    }
}
