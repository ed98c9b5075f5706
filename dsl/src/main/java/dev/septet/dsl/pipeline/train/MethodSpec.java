package dev.septet.dsl.pipeline.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.septet.dsl.pipeline.SpecTypes;

/**
 * A fine-tuning method: how a model's parameters are trained. Open: other jars may add methods, see {@link SpecTypes}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FullSpec.class, name = "full"),
    @JsonSubTypes.Type(value = PartialSpec.class, name = "partial"),
    @JsonSubTypes.Type(value = LoraSpec.class, name = "lora"),
    @JsonSubTypes.Type(value = DoraSpec.class, name = "dora"),
    @JsonSubTypes.Type(value = QloraSpec.class, name = "qlora")
})
public interface MethodSpec {}
