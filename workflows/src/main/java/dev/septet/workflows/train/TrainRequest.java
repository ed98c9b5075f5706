package dev.septet.workflows.train;

import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.train.AdapterSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import java.util.List;

/**
 * Input of stage 4.
 *
 * @param learningRate peak rate from setup
 * @param rank LoRA rank from setup; 0 = the method has none
 */
public record TrainRequest(
        RunRef run,
        TrainSpec spec,
        InitializeSpec initialize,
        SetupSpec setup,
        DatasetRef dataset,
        ModelRef model,
        double learningRate,
        int rank)
        implements RunScoped {
    /** The method with the rank that setup chose. */
    public MethodSpec chosenMethod() {
        return rank > 0 && spec.method() instanceof AdapterSpec method ? method.withRank(rank) : spec.method();
    }

    /** The same request of a fold's run. */
    public TrainRequest of(RunRef foldRun) {
        return new TrainRequest(foldRun, spec, initialize, setup, dataset, model, learningRate, rank);
    }

    @Override
    public List<Object> specs() {
        return List.of(spec, initialize, setup);
    }
}
