package dev.septet.dsl.pipeline.backend;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.septet.dsl.pipeline.ExtensionSpec;

/** What trains the model instead of Septet's own engine. A jar may add words: {@link ExtensionSpec}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = CommandTrainerSpec.class, name = "command"),
    @JsonSubTypes.Type(value = SlurmSpec.class, name = "slurm"),
    @JsonSubTypes.Type(value = KubernetesSpec.class, name = "kubernetes"),
    @JsonSubTypes.Type(value = SageMakerSpec.class, name = "sagemaker"),
    @JsonSubTypes.Type(value = OpenAiSpec.class, name = "openai"),
    @JsonSubTypes.Type(value = BedrockSpec.class, name = "bedrock"),
    @JsonSubTypes.Type(value = ExtensionSpec.ForBackEnd.class, name = "extension")
})
public interface BackEndSpec {
    /** How the pipeline file writes it, for messages. */
    String written();

    /** Whether the training takes cards and memory of a cluster, as its own block says, and not of the worker. */
    default boolean onCluster() {
        return false;
    }

    /** Whether a service keeps the trained model and gives only its name, so that there are no files of it. */
    default boolean keepsModel() {
        return false;
    }

    /** Whether it takes {@code checkpoint-now} and {@code stop-early} while it trains. */
    default boolean takesCommands() {
        return true;
    }
}
