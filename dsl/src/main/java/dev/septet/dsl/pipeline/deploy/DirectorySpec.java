package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

/** A folder of versions with one alias, {@code current}, that is switched atomically. */
public record DirectorySpec(String path) implements FolderTargetSpec {
    public DirectorySpec {
        require(!path.isBlank(), "directory needs a path");
    }
}
