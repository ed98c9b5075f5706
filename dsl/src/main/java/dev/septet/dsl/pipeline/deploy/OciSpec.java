package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

/** A folder laid out as an OCI image, as container registries take it. */
public record OciSpec(String path) implements FolderTargetSpec {
    public OciSpec {
        require(!path.isBlank(), "oci needs a path");
    }
}
