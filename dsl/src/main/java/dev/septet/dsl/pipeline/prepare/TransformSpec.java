package dev.septet.dsl.pipeline.prepare;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A transform of every row after reading, applied in the order of the file. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FilterSpec.class, name = "filter"),
    @JsonSubTypes.Type(value = MapSpec.class, name = "map")
})
public sealed interface TransformSpec permits FilterSpec, MapSpec {}
