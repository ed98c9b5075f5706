package dev.septet.activities.recover;

import dev.septet.activities.report.PipelineVersions;
import dev.septet.activities.result.DamagedRecord;
import dev.septet.activities.result.StoredResult;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.workflows.Stage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The runs of a store, as far as the store knows them. */
public final class LostRuns {
    private LostRuns() {}

    /**
     * A run.
     *
     * @param results words of the stages whose results this run computed
     * @param checkpointStep step of the newest checkpoint that can be used; null = there is none
     * @param isEnded whether the run wrote its page, which is its last step
     * @param isNewest whether no later run has the same workflow id; an earlier one must have ended
     */
    public record Found(
            RunRecords.Run run,
            List<String> results,
            @Nullable Integer checkpointStep,
            boolean isEnded,
            boolean isNewest) {
        public Found {
            results = List.copyOf(results);
        }

        /** Whether the run may have been in progress. */
        public boolean mayBeOpen() {
            return isNewest && !isEnded;
        }
    }

    /**
     * All runs that a store knows, oldest first.
     *
     * @param damaged receives the records of runs that cannot be read
     */
    public static List<Found> in(ArtifactStore store, Consumer<DamagedRecord> damaged) throws IOException {
        List<RunRecords.Run> runs = new ArrayList<>(new RunRecords(store).runs(damaged));
        runs.sort(Comparator.comparingLong(RunRecords.Run::startedMillis).thenComparing(RunRecords.Run::runId));
        Map<String, String> newest = new LinkedHashMap<>();
        runs.forEach(run -> newest.put(run.workflowId(), run.runId()));
        List<StoredResult> results = StoredResult.readable(store, (name, why) -> {});
        List<Found> found = new ArrayList<>();
        for (RunRecords.Run run : runs) {
            List<String> stages = new ArrayList<>();
            for (Stage stage : Stage.values()) {
                if (StoredResult.ofRun(results, stage, run.runId()).isPresent()) {
                    stages.add(stage.word());
                }
            }
            boolean isNewest = run.runId().equals(newest.get(run.workflowId()));
            Optional<CheckpointStore.Checkpoint> checkpoint = isNewest
                    ? store.checkpoints()
                            .newestValid(run.runId() + "/" + Stage.TRAIN.word())
                            .checkpoint()
                    : Optional.empty();
            found.add(new Found(
                    run,
                    stages,
                    checkpoint.map(CheckpointStore.Checkpoint::step).orElse(null),
                    PipelineVersions.page(store, run.runId()).isPresent(),
                    isNewest));
        }
        return found;
    }
}
