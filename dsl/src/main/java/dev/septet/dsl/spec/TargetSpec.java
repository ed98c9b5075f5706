package dev.septet.dsl.spec;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Where a model is published. Open: a jar may bring its own, see {@link SpecTypes}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = DirectorySpec.class, name = "directory"),
    @JsonSubTypes.Type(value = OllamaSpec.class, name = "ollama")
})
public interface TargetSpec {
    /** Folder the target writes to, relative to the pipeline file's folder. */
    String path();
}
