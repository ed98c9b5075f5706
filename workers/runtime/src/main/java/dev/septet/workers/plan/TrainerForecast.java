package dev.septet.workers.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.train.command.OutsideTrainers;
import dev.septet.activities.train.command.TrainingLimits;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.backend.OutsideTrainerSpec;
import dev.septet.settings.Setting;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a plan can say about a training with another program than Septet's engine. What it cannot say is in {@code
 * unknown}, with the reason.
 *
 * @param platform word of the pipeline language, such as {@code kubernetes}
 * @param nodes of a job; null = the trainer runs on the worker
 * @param gpusPerNode null = not known
 * @param instance type of the nodes; null = not known, or no cloud
 * @param limitSeconds time limit of one job; null = none is known
 * @param gpuHours at most, of one job; null = not known
 * @param cost at most, of one job; null = not known
 * @param currency of the cost; null = not declared
 * @param price of a node for an hour; null = not known
 * @param tokens of the training split in all steps; null = not known
 * @param epochs passes over the training split; null = not known
 * @param unknown reasons or facts by what has no number: {@code cost}, {@code limit}, {@code memory}, {@code time}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrainerForecast(
        String platform,
        @Nullable Integer nodes,
        @Nullable Integer gpusPerNode,
        @Nullable String instance,
        @Nullable Long limitSeconds,
        @Nullable Double gpuHours,
        @Nullable BigDecimal cost,
        @Nullable String currency,
        @Nullable BigDecimal price,
        @Nullable Long tokens,
        @Nullable Double epochs,
        Map<String, String> unknown) {
    public TrainerForecast {
        unknown = new TreeMap<>(unknown);
    }

    /**
     * The forecast of a training.
     *
     * @param tokens of the training split in all steps; null = not known
     * @param epochs passes over the training split; null = not known
     * @param time why no duration is expected; null when one is
     */
    static TrainerForecast of(
            BackEndSpec by,
            OutsideTrainers trainers,
            @Nullable Long tokens,
            @Nullable Double epochs,
            @Nullable String time) {
        Map<String, String> unknown = new TreeMap<>();
        if (time != null) {
            unknown.put("time", time);
        }
        if (!(by instanceof OutsideTrainerSpec used)) {
            String why = why(by);
            unknown.put("memory", why);
            unknown.put("cost", why);
            return new TrainerForecast(
                    by instanceof ExtensionSpec.ForBackEnd own ? own.extension().word() : by.written(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    tokens,
                    epochs,
                    unknown);
        }
        TrainingLimits limits = trainers.limits(used);
        unknown.put("memory", "Septet cannot estimate the memory of another program");
        if (limits.nodes() > 0 && limits.time() == null) {
            unknown.put("limit", limit(limits, trainers));
        }
        if (limits.cost().isEmpty()) {
            unknown.put("cost", cost(limits, trainers));
        }
        Duration limit = limits.time();
        return new TrainerForecast(
                limits.platform(),
                limits.nodes() == 0 ? null : (Integer) limits.nodes(),
                limits.gpus(),
                limits.instance(),
                limit == null ? null : (Long) limit.toSeconds(),
                limits.gpuHours().orElse(null),
                limits.cost().orElse(null),
                limits.cost().isEmpty() ? null : limits.currency(),
                limits.price(),
                tokens,
                epochs,
                unknown);
    }

    /** Why a plan knows little about what trains. */
    static String why(BackEndSpec by) {
        return by instanceof ExtensionSpec.ForBackEnd ? "a plan runs no code of a jar" : "only the service knows it";
    }

    private static String limit(TrainingLimits limits, OutsideTrainers trainers) {
        return switch (limits.platform()) {
            case "slurm" -> "the partition's, because `time` is not set";
            case "sagemaker" -> "`maxTime:` is " + elsewhere(trainers);
            default -> "none, because `time` is not set";
        };
    }

    private static String cost(TrainingLimits limits, OutsideTrainers trainers) {
        if (!limits.platform().equals("sagemaker")) {
            return "Septet has no prices of %s"
                    .formatted(limits.nodes() == 0 ? "the worker's machine" : "this cluster");
        } else if (!trainers.declared()) {
            return "the prices are " + elsewhere(trainers);
        }
        return "the operator's file has no price of %s in `prices:` of the section `sagemaker:`"
                .formatted(limits.instance());
    }

    private static String elsewhere(OutsideTrainers trainers) {
        return trainers.declared()
                ? "not declared"
                : "in the operator's file, which %s does not name on this machine"
                        .formatted(Setting.TRAINERS.variable());
    }
}
