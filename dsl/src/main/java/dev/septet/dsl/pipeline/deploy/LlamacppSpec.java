package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

/** A folder with a GGUF and the arguments for llama.cpp's server. */
public record LlamacppSpec(String path) implements FolderTargetSpec {
    public LlamacppSpec {
        require(!path.isBlank(), "llamacpp needs a path");
    }
}
