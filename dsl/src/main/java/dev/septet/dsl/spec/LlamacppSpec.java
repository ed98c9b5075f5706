package dev.septet.dsl.spec;

import static dev.septet.dsl.spec.Checks.require;

/** A folder with a GGUF and the arguments for llama.cpp's server. */
public record LlamacppSpec(String path) implements FolderTargetSpec {
    public LlamacppSpec {
        require(!path.isBlank(), "llamacpp needs a path");
    }
}
