package dev.septet.activities.train;

import dev.septet.activities.result.StageKey;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.llm.train.plan.FormerPlanText;
import dev.septet.llm.train.plan.PlanJson;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import java.util.Optional;

/**
 * The key of outputs of a training's starting model.
 *
 * @param current the key
 * @param former the key under which earlier versions stored the same outputs; empty for a method
 *     that they did not support
 */
record StartKey(StageKey current, Optional<StageKey> former) {
    /** The key without the requested output and its consumer. */
    static StartKey of(TrainingPlan plan, ModelRef model, DatasetRef dataset) {
        return new StartKey(
                key(
                        model,
                        dataset,
                        PlanJson.of(plan.method()),
                        PlanJson.frozen(plan),
                        SpecDigest.constant(plan.precision())),
                FormerPlanText.of(plan.method())
                        .map(method -> key(
                                model,
                                dataset,
                                method,
                                FormerPlanText.frozen(plan),
                                FormerPlanText.of(plan.precision()))));
    }

    /** Adds any other input. */
    StartKey with(String group, String value) {
        return new StartKey(current.with(group, value), former.map(earlier -> earlier.with(group, value)));
    }

    private static StageKey key(ModelRef model, DatasetRef dataset, String method, String frozen, String precision) {
        return StageKey.of(Stage.TRAIN)
                .with("training data", dataset.artifact())
                .with("base model", model.artifact())
                .with("method", method)
                .with("frozen layers", frozen)
                .with("precision", precision);
    }
}
