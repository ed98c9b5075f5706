package dev.septet.dsl.pipeline.backend;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An outside trainer as a job of a Kubernetes cluster.
 *
 * @param command the trainer
 * @param image container image; null = the first that the operator allows
 * @param namespace null = the first that the operator allows
 * @param nodes pods that train together
 * @param gpus GPUs of each pod; 0 = none
 * @param cpus processors of each pod; null = the namespace's default
 * @param memoryBytes memory of each pod; null = the namespace's default
 * @param time time limit of each pod, from its start; null = none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KubernetesSpec(
        CommandTrainerSpec command,
        @Nullable String image,
        @Nullable String namespace,
        int nodes,
        int gpus,
        @Nullable Integer cpus,
        @Nullable Long memoryBytes,
        @Nullable Duration time)
        implements OutsideTrainerSpec {
    /** References to images, such as {@code registry.example/ml/trl:3} or one with a digest. */
    public static final String IMAGE_PATTERN = "[A-Za-z0-9][A-Za-z0-9._/:@-]{0,254}";

    /** Names of namespaces: labels of DNS. */
    public static final String NAMESPACE_PATTERN = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

    public KubernetesSpec {
        require(image == null || image.matches(IMAGE_PATTERN), "'%s' is not an image's name", image);
        require(namespace == null || namespace.matches(NAMESPACE_PATTERN), "'%s' is not a namespace's name", namespace);
        require(nodes >= 1, "nodes must be at least 1, got %s", nodes);
        require(gpus >= 0, "gpus must be at least 0, got %s", gpus);
        require(cpus == null || cpus >= 1, "cpus must be at least 1, got %s", cpus);
        require(memoryBytes == null || memoryBytes >= 1, "memory must be at least 1 byte, got %s", memoryBytes);
        require(time == null || time.toSeconds() >= 1, "time must be at least one second, got %s", time);
    }

    @Override
    public String written() {
        return "kubernetes(%s)".formatted(command.written());
    }
}
