package dev.septet.dsl.pipeline.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.septet.dsl.pipeline.ExtensionSpec;

/** How a model's parameters are trained. A jar may add words: {@link ExtensionSpec}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FullSpec.class, name = "full"),
    @JsonSubTypes.Type(value = PartialSpec.class, name = "partial"),
    @JsonSubTypes.Type(value = LoraSpec.class, name = "lora"),
    @JsonSubTypes.Type(value = DoraSpec.class, name = "dora"),
    @JsonSubTypes.Type(value = QloraSpec.class, name = "qlora"),
    @JsonSubTypes.Type(value = ExtensionSpec.ForMethod.class, name = "extension")
})
public interface MethodSpec {}
