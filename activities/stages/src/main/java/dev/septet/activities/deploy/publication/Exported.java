package dev.septet.activities.deploy.publication;

import dev.septet.activities.store.Manifest;
import dev.septet.llm.format.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An export, from which targets take the files that they need.
 *
 * @param name the model's name in servers and tools
 */
public record Exported(String name, Path folder) {
    private static final List<String> SMALLEST_FIRST =
            List.of("model-q4_0.gguf", "model-q4_k_m.gguf", "model-q8_0.gguf", "model-f16.gguf");

    /** The merged model's folder. */
    public Path model() {
        return folder.resolve("model");
    }

    /** The adapter's folder; it does not exist after training of whole layers. */
    public Path adapter() {
        return folder.resolve("adapter");
    }

    /** Whether there is an adapter. */
    public boolean hasAdapter() {
        return Files.isDirectory(adapter());
    }

    /** The GGUF to serve: the smallest one when there are several. */
    public Path gguf() {
        return SMALLEST_FIRST.stream()
                .map(folder::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElse(folder.resolve("model-f16.gguf"));
    }

    /** Maximum length of prompt and answer together, in tokens. */
    public long context() {
        return ModelFolder.open(model())
                .config()
                .path("max_position_embeddings")
                .asLong(2048);
    }

    /** Files of a folder of the export, by their paths in the target under {@code prefix}. */
    public Map<String, Path> below(Path part, String prefix) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        Manifest.filesBelow(part).forEach((path, file) -> files.put(prefix + path, file));
        return files;
    }

    /** Model card, scores and verification report, as far as the export has them. */
    public Map<String, Path> documents() {
        Map<String, Path> files = new TreeMap<>();
        for (String name : new String[] {"README.md", "results.json", "chain.json", "forms.json"}) {
            if (Files.exists(folder.resolve(name))) {
                files.put(name, folder.resolve(name));
            }
        }
        return files;
    }
}
