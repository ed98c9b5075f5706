package dev.septet.dsl.pipeline.deploy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.HttpSpec;

/** Where a model is published. A jar may add words: {@link ExtensionSpec}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = DirectorySpec.class, name = "directory"),
    @JsonSubTypes.Type(value = OllamaSpec.class, name = "ollama"),
    @JsonSubTypes.Type(value = HttpSpec.class, name = "http"),
    @JsonSubTypes.Type(value = VllmSpec.class, name = "vllm"),
    @JsonSubTypes.Type(value = LlamacppSpec.class, name = "llamacpp"),
    @JsonSubTypes.Type(value = S3Spec.class, name = "s3"),
    @JsonSubTypes.Type(value = HuggingfaceSpec.class, name = "huggingface"),
    @JsonSubTypes.Type(value = OciSpec.class, name = "oci"),
    @JsonSubTypes.Type(value = ExtensionSpec.ForTarget.class, name = "extension")
})
public interface TargetSpec {
    /** The folder or address of the target. Two targets of a pipeline cannot have the same one. */
    String place();

    /** Whether its versions contain a GGUF, so that {@code quantize} has an effect. */
    default boolean takesGguf() {
        return true;
    }
}
