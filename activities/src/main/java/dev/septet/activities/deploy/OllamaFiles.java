package dev.septet.activities.deploy;

import dev.septet.dsl.spec.OllamaSpec;
import dev.septet.dsl.spec.TargetSpec;
import dev.septet.llm.quantize.GgmlType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Ollama gets one GGUF, the smaller where there are two, and a Modelfile beside it. */
final class OllamaFiles implements TargetFiles {
    private static final String MODEL = "model.gguf";

    @Override
    public String type() {
        return "ollama";
    }

    @Override
    public boolean serves(TargetSpec target) {
        return target instanceof OllamaSpec;
    }

    @Override
    public Map<String, Path> files(TargetSpec target, Path export, Path scratch)
            throws IOException {
        Path small = export.resolve(ExportForms.gguf(GgmlType.Q8_0));
        Path gguf = Files.exists(small) ? small : export.resolve(ExportForms.gguf(GgmlType.F16));
        Path modelfile = scratch.resolve("Modelfile");
        Files.writeString(modelfile, Modelfile.of(export.resolve("model"), MODEL));
        Map<String, Path> files = new TreeMap<>(Map.of(MODEL, gguf, "Modelfile", modelfile));
        Path card = export.resolve("README.md");
        if (Files.exists(card)) {
            files.put("README.md", card);
        }
        return files;
    }
}
