package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

/** A folder laid out as a repository of the Hugging Face Hub, with its model card. */
public record HuggingfaceSpec(String path) implements FolderTargetSpec {
    public HuggingfaceSpec {
        require(!path.isBlank(), "huggingface needs a path");
    }

    @Override
    public boolean takesGguf() {
        return false;
    }
}
