package dev.septet.activities.train;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.support.Attempt;
import dev.septet.activities.support.Fitting;
import dev.septet.activities.support.StageKey;
import dev.septet.activities.support.StageResults;
import dev.septet.activities.support.WorkerFingerprint;
import dev.septet.llm.train.AtOnce;
import dev.septet.llm.train.Reference;
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
 * How likely the starting model finds the answers of a dataset of pairs, computed once and kept as
 * an artifact: the same model, method and rows find it again, in other attempts, trials and runs,
 * and whatever beta and learning rate are.
 */
record StartingAnswers(RunRef run, ArtifactStore store, Attempt attempt) {
    private static final String FILE = "reference.safetensors";

    /** The artifact, and why it was made. */
    record Computed(ArtifactRef artifact, Origin origin) {}

    /** A training's files with these answers, where its objective compares with them. */
    TrainingFiles in(TrainingFiles files, TrainingPlan plan, ModelRef model, DatasetRef dataset)
            throws Exception {
        if (!plan.objective().compares()) {
            return files;
        }
        int atOnce = AtOnce.of(plan).tokens();
        StageKey key =
                StartKey.of(plan, model, dataset)
                        .with("tokens at once", Integer.toString(atOnce))
                        .with("kind of worker", WorkerFingerprint.here());
        Computed computed =
                new StageResults(store)
                        .once(
                                run,
                                key,
                                "reference",
                                attempt.fence(),
                                Computed.class,
                                origin -> new Computed(compute(files, plan), origin));
        return files.compared(store.fetch(computed.artifact()).resolve(FILE));
    }

    private ArtifactRef compute(TrainingFiles files, TrainingPlan plan) throws Exception {
        Path folder = store.scratch(attempt.fence());
        List<TokenDataset> sets = files.splits();
        int longest =
                sets.stream().mapToInt(TokenDataset::longestExampleTokens).max().orElseThrow();
        return Fitting.of(
                AtOnce.of(plan),
                longest,
                atOnce -> {
                    ask(files, plan, atOnce, sets, folder.resolve(FILE));
                    return store.put(folder, attempt.fence());
                });
    }

    private void ask(
            TrainingFiles files,
            TrainingPlan plan,
            AtOnce atOnce,
            List<TokenDataset> sets,
            Path file)
            throws Exception {
        int all = sets.stream().mapToInt(TokenDataset::rows).sum();
        Reference.compute(
                plan,
                files.model(),
                atOnce,
                sets,
                file,
                done ->
                        attempt.heartbeats()
                                .beat(Progress.of("asking the starting model", done, all, "rows")));
    }
}
