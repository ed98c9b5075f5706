package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

/** A folder in the OCI image layout, which container registries accept. */
public record OciSpec(String path) implements FolderTargetSpec {
    public OciSpec {
        require(!path.isBlank(), "oci needs a path");
    }
}
