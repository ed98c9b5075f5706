package dev.septet.workers.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.prepare.DatasetPreview;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run would do and need.
 *
 * @param memoryBytes estimated peak memory of training on this machine, without its saves
 * @param snapshotBytes what each save beside the steps takes as well while it writes; where less
 *     than twice that is free, training waits for the save instead
 * @param recompute whether training here computes activations anew, because keeping them takes more
 *     memory than is free
 * @param float32ForBf16 whether this machine computes in float32 where the file says bf16, as it
 *     has no instructions for that
 * @param frozenBytes what is kept of frozen layers that compute once; null where none do, or the
 *     data's size is not known
 * @param data what prepare would find in the dataset's file; null where its rows are in the store
 * @param steps optimizer steps of training; null while the data's size is not known
 * @param stepsPerEpoch optimizer steps of one epoch; null as above
 * @param idleStop why the file's `stop` cannot end training early; null where it can, where the
 *     file has none, and where the file itself tells it
 * @param trainSeconds of training's steps on this machine; null while no preflight has measured
 *     them
 * @param measuredBy run whose preflight measured a step, where that was on other data; else null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunForecast(
        String pipeline,
        List<StagePlan> stages,
        long memoryBytes,
        long snapshotBytes,
        boolean recompute,
        boolean float32ForBf16,
        @Nullable Long frozenBytes,
        @Nullable DatasetPreview data,
        @Nullable Long steps,
        @Nullable Long stepsPerEpoch,
        @Nullable String idleStop,
        @Nullable Double trainSeconds,
        @Nullable String measuredBy) {
    public RunForecast {
        stages = List.copyOf(stages);
    }
}
