package dev.septet.dsl.pipeline.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What trains the model instead of Septet's own engine. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = CommandTrainerSpec.class, name = "command"),
    @JsonSubTypes.Type(value = SlurmSpec.class, name = "slurm")
})
public sealed interface BackEndSpec permits CommandTrainerSpec, SlurmSpec {
    /** The trainer of the operator's file, and its options. */
    CommandTrainerSpec command();

    /** Name of the trainer in the operator's file. */
    default String trainer() {
        return command().name();
    }

    /** Whether the training takes cards and memory of a cluster, as its own block says, and not of the worker. */
    default boolean onCluster() {
        return !(this instanceof CommandTrainerSpec);
    }

    /** How the pipeline file writes it, for messages. */
    String written();
}
