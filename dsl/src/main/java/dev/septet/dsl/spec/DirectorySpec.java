package dev.septet.dsl.spec;

import static dev.septet.dsl.spec.Checks.require;

/** A folder of versions with one alias, {@code current}, that moves at once. */
public record DirectorySpec(String path) implements FolderTargetSpec {
    public DirectorySpec {
        require(!path.isBlank(), "directory needs a path");
    }
}
