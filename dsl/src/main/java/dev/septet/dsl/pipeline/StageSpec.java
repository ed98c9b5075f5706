package dev.septet.dsl.pipeline;

/** What the file says about one of the seven stages. */
public interface StageSpec {
    /** Tries, time limits and waits of the stage's activities. */
    StagePolicy policy();
}
