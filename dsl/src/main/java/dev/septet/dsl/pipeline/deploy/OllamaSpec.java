package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * A folder with a Modelfile and its GGUF, ready for {@code ollama create}.
 *
 * @param model the model's name in Ollama
 */
public record OllamaSpec(String model, String path) implements FolderTargetSpec {
    public OllamaSpec {
        require(
                model.matches("[a-z0-9][a-z0-9._-]{0,63}"),
                "an Ollama model's name has lower-case letters, digits, '.', '_', '-', got '%s'",
                model);
        require(!path.isBlank(), "ollama directory: needs a path");
    }
}
