package dev.septet.workflows.initialize;

import dev.septet.dsl.spec.InitializeSpec;
import dev.septet.dsl.spec.PipelineSpec;
import dev.septet.dsl.spec.SetupSpec;
import dev.septet.dsl.spec.TrainSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.DatasetRef;

import java.util.List;

/**
 * Input of stage 2; setup, train and dataset are what the memory estimate needs.
 *
 * @param deploys whether the file deploys, so that a GGUF will be written
 */
public record InitializeRequest(
        RunRef run,
        InitializeSpec spec,
        SetupSpec setup,
        TrainSpec train,
        DatasetRef dataset,
        boolean deploys)
        implements RunScoped {
    /** What a run of this file asks for. */
    public static InitializeRequest of(RunRef run, PipelineSpec spec, DatasetRef dataset) {
        return new InitializeRequest(
                run, spec.initialize(), spec.setup(), spec.train(), dataset, spec.deploy() != null);
    }

    @Override
    public List<Object> specs() {
        return List.of(spec, setup, train);
    }
}
