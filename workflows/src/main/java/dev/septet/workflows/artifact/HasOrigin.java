package dev.septet.workflows.artifact;

/** A stage's result, which knows how the stage came by it. */
public interface HasOrigin {
    Origin origin();
}
