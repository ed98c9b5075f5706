package dev.septet.dsl.pipeline.backend;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A fine-tuning job of a service with OpenAI's API.
 *
 * @param endpoint name of the service in the operator's file
 * @param model base model, as the service names it
 * @param batchSize rows of a step; null = the service chooses
 * @param learningRateMultiplier factor for the service's learning rate; null = the service chooses
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OpenAiSpec(
        String endpoint,
        String model,
        @Nullable Integer batchSize,
        @Nullable Double learningRateMultiplier) implements BackEndSpec {
    /** Names of endpoints in the operator's file. */
    public static final String ENDPOINT_PATTERN = CommandTrainerSpec.NAME_PATTERN;

    /** Names of models of a service. */
    public static final String MODEL_PATTERN = "[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}";

    /** Rows of the largest step. */
    public static final int MOST_BATCH = 256;

    /** Epochs of the longest job. */
    public static final int MOST_EPOCHS = 50;

    /** Largest beta of direct preference optimization. */
    public static final double MOST_BETA = 2;

    public OpenAiSpec {
        require(endpoint.matches(ENDPOINT_PATTERN), "'%s' is not an endpoint's name", endpoint);
        require(model.matches(MODEL_PATTERN), "'%s' is not a model's name", model);
        require(
                batchSize == null || (batchSize >= 1 && batchSize <= MOST_BATCH),
                "batchSize must be from 1 to 256, got %s",
                batchSize);
        require(
                learningRateMultiplier == null || (learningRateMultiplier > 0 && !learningRateMultiplier.isInfinite()),
                "learningRateMultiplier must be above 0, got %s",
                learningRateMultiplier);
    }

    @Override
    public String written() {
        return "openai(endpoint: '%s', model: '%s')".formatted(endpoint, model);
    }

    /** The job runs at the service. */
    @Override
    public boolean onCluster() {
        return true;
    }

    @Override
    public boolean keepsModel() {
        return true;
    }

    /** A service takes no commands for a job, except to end it. */
    @Override
    public boolean takesCommands() {
        return false;
    }
}
