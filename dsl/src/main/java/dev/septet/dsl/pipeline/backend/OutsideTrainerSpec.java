package dev.septet.dsl.pipeline.backend;

/** A trainer of the operator's file: on the worker, or as a job of a cluster. */
public sealed interface OutsideTrainerSpec extends BackEndSpec
        permits CommandTrainerSpec, SlurmSpec, KubernetesSpec, SageMakerSpec {
    /** The trainer of the operator's file, and its options. */
    CommandTrainerSpec command();

    /** Name of the trainer in the operator's file. */
    default String trainer() {
        return command().name();
    }

    @Override
    default boolean onCluster() {
        return !(this instanceof CommandTrainerSpec);
    }
}
