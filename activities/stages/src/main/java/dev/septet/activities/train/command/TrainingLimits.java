package dev.septet.activities.train.command;

import dev.septet.activities.train.sagemaker.SageMakerAccount;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import dev.septet.dsl.pipeline.backend.OutsideTrainerSpec;
import dev.septet.dsl.pipeline.backend.SageMakerSpec;
import dev.septet.dsl.pipeline.backend.SlurmSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one job of an outside trainer may take at most. A failed attempt is followed by another job.
 *
 * @param platform word of the pipeline language, such as {@code slurm}
 * @param nodes 0 = the trainer runs on the worker, not as a job
 * @param gpus of each node; null = not known
 * @param instance type of the nodes of a cloud; null = not known, or no cloud
 * @param time time limit of a job; null = not known
 * @param price of a node for an hour; null = not known
 * @param currency of the price; null = not declared
 */
public record TrainingLimits(
        String platform,
        int nodes,
        @Nullable Integer gpus,
        @Nullable String instance,
        @Nullable Duration time,
        @Nullable BigDecimal price,
        @Nullable String currency) {
    private static final int SECONDS = 3600;

    /** What the pipeline file alone says. */
    static TrainingLimits of(OutsideTrainerSpec used) {
        if (used instanceof SlurmSpec job) {
            return new TrainingLimits("slurm", job.nodes(), job.gpus(), null, job.time(), null, null);
        } else if (used instanceof KubernetesSpec job) {
            return new TrainingLimits("kubernetes", job.nodes(), job.gpus(), null, job.time(), null, null);
        } else if (used instanceof SageMakerSpec job) {
            return new TrainingLimits("sagemaker", job.nodes(), null, job.instance(), job.time(), null, null);
        }
        return new TrainingLimits("command", 0, null, null, null, null, null);
    }

    /** A training job as the operator's account completes it. */
    static TrainingLimits of(SageMakerSpec job, SageMakerAccount account) {
        return new TrainingLimits(
                "sagemaker",
                job.nodes(),
                null,
                job.instance(),
                job.time(),
                account.prices().get(job.instance()),
                account.currency());
    }

    /** GPUs of all nodes times the time limit, in hours; empty when one of them is not known. */
    public Optional<Double> gpuHours() {
        return time == null || gpus == null || gpus == 0
                ? Optional.empty()
                : Optional.of((double) nodes * gpus * time.toSeconds() / SECONDS);
    }

    /** Price of all nodes for the time limit, rounded up to hundredths; empty when one of them is not known. */
    public Optional<BigDecimal> cost() {
        return time == null || price == null
                ? Optional.empty()
                : Optional.of(price.multiply(BigDecimal.valueOf(nodes * time.toSeconds()))
                        .divide(BigDecimal.valueOf(SECONDS), 2, RoundingMode.CEILING));
    }
}
