package dev.septet.activities.train;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.train.CachedActivations;
import dev.septet.llm.train.CachedActivationsWriter;
import dev.septet.llm.train.ReferenceLogProbabilities;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;

/** Loads the inputs of a training to this machine, and computes missing ones first. */
public record TrainingInputLoader(RunRef run, ArtifactStore store, Attempt attempt) {
    /**
     * A training's files.
     *
     * @param plan plan of the training
     */
    public TrainingFiles files(TrainSpec spec, TrainingPlan plan, ModelRef model, DatasetRef dataset) throws Exception {
        TrainingFiles plain = new TrainingFiles(store.fetch(model.artifact()), store.fetch(dataset.artifact()));
        TrainingFiles files = new Importance(run, store, attempt).addTo(plain, spec, plan, model, dataset);
        ReferenceModelOutputs outputs = new ReferenceModelOutputs(run, store, attempt);
        if (plan.objective().compares()) {
            return files.withReference(outputs.file(
                    "reference",
                    "computing reference log-probabilities",
                    files,
                    plan,
                    model,
                    dataset,
                    (budget, sets, file, progress) ->
                            ReferenceLogProbabilities.compute(plan, files.model(), budget, sets, file, progress)));
        }
        if (CachedActivations.usedBy(plan, ModelConfig.read(files.model()))) {
            return files.withCachedActivations(outputs.file(
                    "hidden",
                    "computing the frozen layers",
                    files,
                    plan,
                    model,
                    dataset,
                    (budget, sets, file, progress) ->
                            CachedActivationsWriter.write(plan, files.model(), budget, sets, file, progress)));
        }
        return files;
    }
}
