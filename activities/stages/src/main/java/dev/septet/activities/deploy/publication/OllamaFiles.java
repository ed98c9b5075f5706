package dev.septet.activities.deploy.publication;

import dev.septet.dsl.pipeline.deploy.OllamaSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files for Ollama: one GGUF, the smallest one when there are several, and a Modelfile beside
 * it.
 */
final class OllamaFiles implements TargetFiles {
    private static final String MODEL = "model.gguf";

    @Override
    public String type() {
        return "ollama";
    }

    @Override
    public boolean handles(TargetSpec target) {
        return target instanceof OllamaSpec;
    }

    @Override
    public void check(Path model) {
        Modelfile.of(model, MODEL);
    }

    @Override
    public Map<String, Path> files(TargetSpec target, Exported export, Path scratch) throws IOException {
        Path modelfile = scratch.resolve("Modelfile");
        Files.writeString(modelfile, Modelfile.of(export.model(), MODEL));
        Map<String, Path> files = new TreeMap<>(export.documents());
        files.put(MODEL, export.gguf());
        files.put("Modelfile", modelfile);
        return files;
    }
}
