package dev.septet.activities.train;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.WorkerFingerprint;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.train.Fisher;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import java.nio.file.Path;

/**
 * The importance of each weight for the general set (Fisher information). It is estimated once and
 * stored as an artifact: other attempts, trials and runs with the same model, rows and seed reuse
 * it.
 */
record Importance(RunRef run, ArtifactStore store, Attempt attempt) {
    private static final String FILE = "fisher.safetensors";

    /** The artifact, and how this run got it: computed or reused. */
    record Estimated(ArtifactRef artifact, Origin origin) {}

    /** Adds the artifact's file to a training's files, if the training's settings need it. */
    TrainingFiles addTo(TrainingFiles files, TrainSpec spec, TrainingPlan plan, ModelRef model, DatasetRef dataset)
            throws Exception {
        PreserveSpec preserve = spec.preserve();
        if (preserve == null || preserve.ewcRows() == null) {
            return files;
        }
        int rows = preserve.ewcRows();
        TokenDataset general = files.general()
                .orElseThrow(() -> StageProblem.invalid("train: preserve ewc: found no general rows in the"
                        + " prepared dataset; start the run again from"
                        + " prepare"));
        StartKey key = StartKey.of(plan, model, dataset)
                .with("seed", Long.toString(plan.seed()))
                .with("rows of ewc", Integer.toString(rows))
                .with("kind of worker", WorkerFingerprint.current());
        StageResults results = new StageResults(store);
        if (key.former().isPresent()) {
            results.rename(key.former().get(), key.current(), attempt.fence());
        }
        Estimated estimated = results.once(
                run,
                key.current(),
                "importance",
                attempt.fence(),
                Estimated.class,
                origin -> new Estimated(estimate(plan, files.model(), general, rows), origin));
        Path folder = store.fetch(estimated.artifact());
        return files.withFisher(folder.resolve(FILE));
    }

    private ArtifactRef estimate(TrainingPlan plan, Path model, TokenDataset general, int rows) throws Exception {
        Path folder = store.scratch(attempt.fence());
        int all = Math.min(rows, general.rows());
        Fisher.estimate(plan, model, general, rows, folder.resolve(FILE), done -> {
            attempt.heartbeats().reportAndCheck(Progress.of("computing Fisher information", done, all, "rows"));
        });
        return store.put(folder, attempt.fence());
    }
}
