package dev.septet.workflows.evaluate;

import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import java.util.List;

/** Input of stage 5. */
public record EvaluateRequest(
        RunRef run, EvaluateSpec spec, SetupSpec setup, DatasetRef dataset, ModelRef model, CheckpointRef checkpoint)
        implements RunScoped {
    @Override
    public List<Object> specs() {
        return List.of(spec, setup);
    }
}
