package dev.septet.activities.deploy;

import dev.septet.activities.deploy.chain.ExportSource;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.GgufExport;
import dev.septet.llm.format.Merge;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.quantize.GgmlType;
import dev.septet.llm.quantize.QuantizationReport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The forms of a trained model, written but not yet proved.
 *
 * @param out folder that they are written to
 */
record ExportForms(ExportSource source, Path out) {
    /** File name of a model's GGUF. */
    static String gguf(GgmlType type) {
        return "model-%s.gguf".formatted(type.name().toLowerCase(Locale.ROOT));
    }

    /** {@code model/}, in float32, and {@code adapter/} where there is one. */
    void model() throws IOException {
        if (source.adapter()) {
            Merge.write(
                    ModelFolder.open(source.base()),
                    PeftAdapter.open(source.trained()),
                    merged(),
                    ElementType.F32);
            copy(source.trained(), out.resolve("adapter"));
        } else {
            copy(source.trained(), merged());
        }
    }

    /** The merged model as GGUF of 16 bits. */
    void gguf16() throws IOException {
        write(GgmlType.F16);
    }

    /** The merged model as GGUF of 8 bits, and what its rounding cost. */
    QuantizationReport gguf8() throws IOException {
        return write(GgmlType.Q8_0);
    }

    /** The model card and the scores go along with the model. */
    void papers() throws IOException {
        for (String name : List.of("README.md", "results.json")) {
            Path paper = source.evaluation().resolve(name);
            if (Files.exists(paper)) {
                Files.copy(paper, out.resolve(name));
            }
        }
        Path card = source.evaluation().resolve("README.md");
        if (Files.exists(card) && !Files.exists(merged().resolve("README.md"))) {
            Files.copy(card, merged().resolve("README.md"));
        }
    }

    private Path merged() {
        return out.resolve("model");
    }

    private QuantizationReport write(GgmlType type) throws IOException {
        return GgufExport.write(
                ModelFolder.open(merged()), out.resolve(gguf(type)), source.name(), type);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                Files.copy(file, to.resolve(file.getFileName().toString()));
            }
        }
    }
}
