package dev.septet.dsl.pipeline;

/** One of the seven stages of a pipeline file. */
public interface StageSpec {
    /** The attempts, time limits and waits of the stage's activities. */
    StagePolicy policy();
}
