package dev.septet.activities.train;

import dev.septet.activities.support.StageKey;
import dev.septet.llm.train.TrainingPlan;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;

/** What an answer of the model depends on that a training begins with. */
final class StartKey {
    private StartKey() {}

    /** Without what is asked, and who asks. */
    static StageKey of(TrainingPlan plan, ModelRef model, DatasetRef dataset) {
        return StageKey.of(Stage.TRAIN)
                .with("training data", dataset.artifact())
                .with("base model", model.artifact())
                .with("method", plan.method().toString())
                .with("frozen layers", plan.frozenLayers().toString())
                .with("precision", plan.precision().toString());
    }
}
