package dev.septet.dsl.pipeline.backend;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An outside trainer as a training job of Amazon SageMaker.
 *
 * @param command the trainer
 * @param image container image; null = the first that the operator allows
 * @param instance instance type; null = the first that the operator allows
 * @param nodes instances that train together
 * @param volumeBytes storage volume of each instance; null = the standard size
 * @param time time limit of the training; null = the operator's limit
 * @param spot how long the job may wait for spot capacity in addition to its training; null = on-demand capacity
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SageMakerSpec(
        CommandTrainerSpec command,
        @Nullable String image,
        @Nullable String instance,
        int nodes,
        @Nullable Long volumeBytes,
        @Nullable Duration time,
        @Nullable Duration spot)
        implements OutsideTrainerSpec {
    /** References to images in a registry that SageMaker can read. */
    public static final String IMAGE_PATTERN = "[A-Za-z0-9][A-Za-z0-9._/:@-]{0,254}";

    /** Instance types, such as {@code ml.g5.2xlarge}. */
    public static final String INSTANCE_PATTERN = "ml\\.[a-z0-9-]{1,30}\\.[a-z0-9-]{1,30}";

    public SageMakerSpec {
        require(image == null || image.matches(IMAGE_PATTERN), "'%s' is not an image's name", image);
        require(
                instance == null || instance.matches(INSTANCE_PATTERN),
                "'%s' is not an instance type, such as ml.g5.2xlarge",
                instance);
        require(nodes >= 1, "nodes must be at least 1, got %s", nodes);
        require(volumeBytes == null || volumeBytes >= 1, "volume must be at least 1 byte, got %s", volumeBytes);
        require(time == null || time.toSeconds() >= 1, "time must be at least one second, got %s", time);
        require(spot == null || spot.toSeconds() >= 1, "spot wait: must be at least one second, got %s", spot);
    }

    @Override
    public String written() {
        return "sagemaker(%s)".formatted(command.written());
    }

    /** A training job has no folder that it shares with a worker. */
    @Override
    public boolean takesCommands() {
        return false;
    }
}
