package dev.septet.activities.train;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.support.Attempt;
import dev.septet.dsl.spec.TrainSpec;
import dev.septet.llm.train.TrainingPlan;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;

/** What a training reads, brought to this machine; what is not there yet is computed first. */
public record Provisions(RunRef run, ArtifactStore store, Attempt attempt) {
    /**
     * A training's files.
     *
     * @param plan of the training
     */
    public TrainingFiles files(
            TrainSpec spec, TrainingPlan plan, ModelRef model, DatasetRef dataset)
            throws Exception {
        TrainingFiles bare =
                new TrainingFiles(store.fetch(model.artifact()), store.fetch(dataset.artifact()));
        TrainingFiles compared =
                new StartingAnswers(run, store, attempt).in(bare, plan, model, dataset);
        TrainingFiles weighed =
                new Importance(run, store, attempt).in(compared, spec, plan, model, dataset);
        return new FrozenOutputs(run, store, attempt).in(weighed, plan, model, dataset);
    }
}
