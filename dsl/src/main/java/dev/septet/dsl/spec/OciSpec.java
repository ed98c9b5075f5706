package dev.septet.dsl.spec;

import static dev.septet.dsl.spec.Checks.require;

/** A folder laid out as an OCI image, as container registries take it. */
public record OciSpec(String path) implements FolderTargetSpec {
    public OciSpec {
        require(!path.isBlank(), "oci needs a path");
    }
}
