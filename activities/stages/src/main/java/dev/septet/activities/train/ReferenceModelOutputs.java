package dev.septet.activities.train;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.resource.MemoryFit;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.WorkerFingerprint;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The starting model's outputs for a training's splits. They are computed once and stored as an
 * artifact: other attempts, trials and runs with the same model, method and rows reuse them.
 */
record ReferenceModelOutputs(RunRef run, ArtifactStore store, Attempt attempt) {
    /** Computes the outputs of all rows. */
    interface Work {
        /**
         * @param file output file
         * @param progress receives the number of finished rows
         */
        void write(MicroBatchBudget budget, List<TokenDataset> sets, Path file, IntConsumer progress) throws Exception;
    }

    /** The artifact, and the reason why it was computed. */
    record Computed(ArtifactRef artifact, Origin origin) {}

    /**
     * The file on this machine.
     *
     * @param name name of the result and of its file
     * @param description description for people while it is computed
     */
    Path file(
            String name,
            String description,
            TrainingFiles files,
            TrainingPlan plan,
            ModelRef model,
            DatasetRef dataset,
            Work work)
            throws Exception {
        String file = name + ".safetensors";
        StartKey key = StartKey.of(plan, model, dataset)
                .with(
                        "tokens at once",
                        Integer.toString(MicroBatchBudget.of(plan).tokens()))
                .with("kind of worker", WorkerFingerprint.current());
        StageResults results = new StageResults(store);
        if (key.former().isPresent()) {
            results.rename(key.former().get(), key.current(), attempt.fence());
        }
        Computed computed = results.once(
                run,
                key.current(),
                name,
                attempt.fence(),
                Computed.class,
                origin -> new Computed(compute(file, description, files, plan, work), origin));
        return store.fetch(computed.artifact()).resolve(file);
    }

    private ArtifactRef compute(String file, String description, TrainingFiles files, TrainingPlan plan, Work work)
            throws Exception {
        Path folder = store.scratch(attempt.fence());
        List<TokenDataset> sets = files.splits();
        int longest =
                sets.stream().mapToInt(TokenDataset::longestExampleTokens).max().orElseThrow();
        int all = sets.stream().mapToInt(TokenDataset::rows).sum();
        return MemoryFit.of(MicroBatchBudget.of(plan), longest, budget -> {
            work.write(
                    budget,
                    sets,
                    folder.resolve(file),
                    done -> attempt.heartbeats().reportAndCheck(Progress.of(description, done, all, "rows")));
            return store.put(folder, attempt.fence());
        });
    }
}
