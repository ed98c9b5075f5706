package dev.septet.workers.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.evaluate.gate.PowerForecast;
import dev.septet.activities.prepare.DatasetPreview;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The forecast of a run: what it would do, and the memory and time that it needs.
 *
 * @param memoryBytes estimated peak memory of training on this machine, without checkpoint writes;
 *     null when another program trains
 * @param snapshotBytes additional memory of a checkpoint that is written while training continues;
 *     where less than twice that is free, training waits for the write instead; null as above
 * @param recompute whether training on this machine recomputes activations, because caching them
 *     needs more memory than is free
 * @param float32ForBf16 whether this machine computes in float32 although the file says bf16,
 *     because it has no bf16 instructions
 * @param frozenBytes size of the cached activations of frozen layers; null where none are cached or
 *     the data's size is not known
 * @param data what prepare would find in the dataset's file; null where the prepared rows are in
 *     the store
 * @param steps optimizer steps of training; null while the data's size is not known
 * @param stepsPerEpoch optimizer steps of one epoch; null as above
 * @param idleStop why the file's {@code stop} cannot end training early; null where it can, where
 *     the file has none, and where the file alone shows the reason
 * @param trainSeconds duration of training's steps on this machine, or with the outside trainer; null
 *     while nothing has measured them
 * @param measuredBy id of the run whose preflight measured a step, if it had other data; with an
 *     outside trainer, of the run that trained; else null
 * @param trainer name of the outside trainer; null when Septet's engine trains
 * @param outside what can be said about the outside trainer; null when Septet's engine or a service trains
 * @param service what a service would train, and its price; null when no service trains
 * @param synthetic the rows that prepare would make; null where the prepared rows are in the store, and without such words
 * @param crossValidation all trainings of a cross-validation; null without one, and while the data's size is not known
 * @param guardBytes memory of the deployed guard's weights beside the model, in the model server; null without a guard
 *     of the engine
 * @param search the trials of a search; null without one, and while the data's size is not known
 * @param power what the gate can decide with the test rows; empty when nothing is known
 * @param formExam the answers of quantized forms; null without {@code exam}, and where the export is in the store
 * @param version disk space of a new version; null without {@code deploy}, of a model that a service holds, and where the
 *     export is in the store
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunForecast(
        String pipeline,
        List<StagePlan> stages,
        @Nullable Long memoryBytes,
        @Nullable Long snapshotBytes,
        boolean recompute,
        boolean float32ForBf16,
        @Nullable Long frozenBytes,
        @Nullable DatasetPreview data,
        @Nullable Long steps,
        @Nullable Long stepsPerEpoch,
        @Nullable String idleStop,
        @Nullable Double trainSeconds,
        @Nullable String measuredBy,
        @Nullable String trainer,
        @Nullable TrainerForecast outside,
        @Nullable ServiceForecast service,
        @Nullable SyntheticForecast synthetic,
        @Nullable FoldForecast crossValidation,
        @Nullable Long guardBytes,
        @Nullable SearchForecast search,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<PowerForecast> power,
        @Nullable FormExamForecast formExam,
        @Nullable VersionForecast version) {
    /**
     * The forecast of a training at a service.
     *
     * @param tokens tokens of the rows in all epochs, counted by the local tokenizer; null while the data's size is not
     *     known
     * @param cost null without a price in the operator's file, or while the tokens are not known
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ServiceForecast(
            String endpoint,
            String model,
            @Nullable Long tokens,
            @Nullable Double cost,
            @Nullable String currency) {}

    public RunForecast {
        stages = List.copyOf(stages);
        power = List.copyOf(power);
    }
}
