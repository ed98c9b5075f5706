package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The resources that a worker must offer to run the training stages.
 *
 * @param gpus the number of GPUs; 0 = a CPU slot is enough
 * @param memoryBytes memory that must be free on the worker; null = Septet's estimate
 * @param queue task queue; null = the default queue for training
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ResourcesSpec(
        int gpus, @Nullable Long memoryBytes, @Nullable String queue) {
    public static final ResourcesSpec DEFAULT = new ResourcesSpec(0, null, null);

    public ResourcesSpec {
        require(gpus >= 0, "gpus: must be at least 0, got %s", gpus);
        require(memoryBytes == null || memoryBytes > 0, "memory: must be positive, got %s", memoryBytes);
        require(queue == null || !queue.isBlank(), "queue: must not be empty");
    }
}
