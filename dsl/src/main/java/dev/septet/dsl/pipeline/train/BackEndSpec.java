package dev.septet.dsl.pipeline.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What trains the model instead of Septet's own engine. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes(@JsonSubTypes.Type(value = CommandTrainerSpec.class, name = "command"))
public sealed interface BackEndSpec permits CommandTrainerSpec {
    /** Name of the trainer in the operator's file. */
    String trainer();

    /** How the pipeline file writes it, for messages. */
    String written();
}
