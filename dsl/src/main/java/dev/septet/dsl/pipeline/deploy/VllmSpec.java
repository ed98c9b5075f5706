package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

/** A folder with the model, its chat template and the arguments for vLLM. */
public record VllmSpec(String path) implements FolderTargetSpec {
    public VllmSpec {
        require(!path.isBlank(), "vllm needs a path");
    }

    @Override
    public boolean takesGguf() {
        return false;
    }
}
