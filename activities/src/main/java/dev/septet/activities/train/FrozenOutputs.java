package dev.septet.activities.train;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.support.Attempt;
import dev.septet.activities.support.Fitting;
import dev.septet.activities.support.StageKey;
import dev.septet.activities.support.StageResults;
import dev.septet.activities.support.WorkerFingerprint;
import dev.septet.llm.model.ModelConfig;
import dev.septet.llm.train.AtOnce;
import dev.septet.llm.train.HiddenStates;
import dev.septet.llm.train.HiddenStatesWriter;
import dev.septet.llm.train.TokenDataset;
import dev.septet.llm.train.TrainingPlan;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;

import java.nio.file.Path;
import java.util.List;

/**
 * What frozen blocks put out for a dataset's rows, computed once and kept as an artifact: the same
 * model, layers and rows find it again, in other attempts, trials and runs.
 */
record FrozenOutputs(RunRef run, ArtifactStore store, Attempt attempt) {
    private static final String FILE = "hidden.safetensors";

    /** The artifact, and why it was made. */
    record Computed(ArtifactRef artifact, Origin origin) {}

    /** A training's files with them, where it trains only what is above. */
    TrainingFiles in(TrainingFiles files, TrainingPlan plan, ModelRef model, DatasetRef dataset)
            throws Exception {
        if (!HiddenStates.serve(plan, ModelConfig.read(files.model()))) {
            return files;
        }
        StageKey key =
                StartKey.of(plan, model, dataset)
                        .with("tokens at once", Integer.toString(AtOnce.of(plan).tokens()))
                        .with("kind of worker", WorkerFingerprint.here());
        Computed computed =
                new StageResults(store)
                        .once(
                                run,
                                key,
                                "frozen",
                                attempt.fence(),
                                Computed.class,
                                origin -> new Computed(compute(files, plan), origin));
        return files.entered(store.fetch(computed.artifact()).resolve(FILE));
    }

    private ArtifactRef compute(TrainingFiles files, TrainingPlan plan) throws Exception {
        Path folder = store.scratch(attempt.fence());
        List<TokenDataset> sets = files.splits();
        int longest =
                sets.stream().mapToInt(TokenDataset::longestExampleTokens).max().orElseThrow();
        int all = sets.stream().mapToInt(TokenDataset::rows).sum();
        return Fitting.of(
                AtOnce.of(plan),
                longest,
                atOnce -> {
                    HiddenStatesWriter.write(
                            plan,
                            files.model(),
                            atOnce,
                            sets,
                            folder.resolve(FILE),
                            done -> tell(done, all));
                    return store.put(folder, attempt.fence());
                });
    }

    private void tell(int done, int all) {
        attempt.heartbeats().beat(Progress.of("computing the frozen layers", done, all, "rows"));
    }
}
