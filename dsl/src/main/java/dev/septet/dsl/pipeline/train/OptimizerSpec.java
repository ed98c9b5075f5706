package dev.septet.dsl.pipeline.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** The optimizer, which turns gradients into updates. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = AdamwSpec.class, name = "adamw"),
    @JsonSubTypes.Type(value = SgdSpec.class, name = "sgd")
})
public interface OptimizerSpec {}
