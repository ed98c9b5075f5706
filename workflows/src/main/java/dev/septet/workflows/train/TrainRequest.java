package dev.septet.workflows.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.train.AdapterSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.setup.SearchPoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Input of stage 4.
 *
 * @param learningRate peak rate from setup
 * @param declared the training as the pipeline file declares it; {@link #spec} is what is trained
 * @param rank LoRA rank from setup; 0 = the method has none
 * @param chosen further settings from the search of setup; null = those of the file
 */
public record TrainRequest(
        RunRef run,
        @JsonProperty("spec") TrainSpec declared,
        InitializeSpec initialize,
        SetupSpec setup,
        DatasetRef dataset,
        ModelRef model,
        double learningRate,
        int rank,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SearchPoint chosen)
        implements RunScoped {
    /** A training with the settings of the file, but for the learning rate and the rank. */
    public TrainRequest(
            RunRef run,
            TrainSpec declared,
            InitializeSpec initialize,
            SetupSpec setup,
            DatasetRef dataset,
            ModelRef model,
            double learningRate,
            int rank) {
        this(run, declared, initialize, setup, dataset, model, learningRate, rank, null);
    }

    /** The training with the settings that a search chose. The file's own is what a ticket vouches for. */
    public TrainSpec spec() {
        return chosen == null ? declared : chosen.applyTo(declared);
    }

    /** The method with the rank that setup chose. */
    public MethodSpec chosenMethod() {
        MethodSpec used = spec().method();
        return rank > 0 && used instanceof AdapterSpec method ? method.withRank(rank) : used;
    }

    /** The same request of a fold's run. */
    public TrainRequest of(RunRef foldRun) {
        return new TrainRequest(foldRun, declared, initialize, setup, dataset, model, learningRate, rank, chosen);
    }

    @Override
    public List<Object> specs() {
        return List.of(declared, initialize.declared(), setup);
    }
}
