package dev.septet.dsl.pipeline.deploy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.SpecTypes;

/** Where a model is published. Open: a jar may bring its own, see {@link SpecTypes}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = DirectorySpec.class, name = "directory"),
    @JsonSubTypes.Type(value = OllamaSpec.class, name = "ollama"),
    @JsonSubTypes.Type(value = HttpSpec.class, name = "http"),
    @JsonSubTypes.Type(value = VllmSpec.class, name = "vllm"),
    @JsonSubTypes.Type(value = LlamacppSpec.class, name = "llamacpp"),
    @JsonSubTypes.Type(value = S3Spec.class, name = "s3"),
    @JsonSubTypes.Type(value = HuggingfaceSpec.class, name = "huggingface"),
    @JsonSubTypes.Type(value = OciSpec.class, name = "oci")
})
public interface TargetSpec {
    /** The folder or address that no second target of the pipeline may have. */
    String place();

    /** Whether its versions hold a GGUF, so that {@code quantize} has a use. */
    default boolean takesGguf() {
        return true;
    }
}
