package dev.septet.workflows.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.CardSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.FoldScores;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.setup.SearchPoint;
import dev.septet.workflows.setup.SearchSummary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Input of stage 5.
 *
 * @param folds scores of the cross-validation before the training, for the report; null without one
 * @param train the training, for the model card; it does not take part in the key. Null in older histories
 * @param card texts of the file for the model card; null without any
 * @param search the search that chose the training's settings, for the report; null without one, and for a grid of
 *     learning rates and ranks
 * @param found the settings that such a grid chose, for the model card; null without one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EvaluateRequest(
        RunRef run,
        EvaluateSpec spec,
        SetupSpec setup,
        DatasetRef dataset,
        ModelRef model,
        CheckpointRef checkpoint,
        @Nullable FoldScores folds,
        @Nullable TrainSpec train,
        @Nullable CardSpec card,
        @Nullable SearchSummary search,
        @Nullable SearchPoint found)
        implements RunScoped {
    /** A request without a cross-validation. */
    public EvaluateRequest(
            RunRef run,
            EvaluateSpec spec,
            SetupSpec setup,
            DatasetRef dataset,
            ModelRef model,
            CheckpointRef checkpoint) {
        this(run, spec, setup, dataset, model, checkpoint, null, null, null, null, null);
    }

    /** The training with the settings that a search chose, for the model card; null in older histories. */
    public @Nullable TrainSpec trained() {
        SearchPoint chosen = search == null ? found : search.chosen();
        return train == null || chosen == null ? train : chosen.applyAllTo(train);
    }

    /** The same request of a fold's run. */
    public EvaluateRequest of(RunRef foldRun) {
        return new EvaluateRequest(foldRun, spec, setup, dataset, model, checkpoint);
    }

    @Override
    public List<Object> specs() {
        return train == null ? List.of(spec, setup) : List.of(spec, setup, train);
    }
}
