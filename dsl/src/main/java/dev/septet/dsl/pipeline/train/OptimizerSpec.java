package dev.septet.dsl.pipeline.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** How gradients become updates. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = AdamwSpec.class, name = "adamw"),
    @JsonSubTypes.Type(value = SgdSpec.class, name = "sgd")
})
public interface OptimizerSpec {}
