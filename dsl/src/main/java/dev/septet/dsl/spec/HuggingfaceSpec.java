package dev.septet.dsl.spec;

import static dev.septet.dsl.spec.Checks.require;

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
