package dev.septet.workflows.setup;

import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import java.util.List;

/** Input of the setup stage. */
public record SetupRequest(
        RunRef run,
        SetupSpec spec,
        InitializeSpec initialize,
        TrainSpec train,
        EvaluateSpec evaluate,
        DatasetRef dataset,
        ModelRef model)
        implements RunScoped {
    @Override
    public List<Object> specs() {
        return List.of(spec, initialize.declared(), train, evaluate);
    }
}
