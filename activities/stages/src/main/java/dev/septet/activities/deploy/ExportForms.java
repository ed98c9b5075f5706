package dev.septet.activities.deploy;

import dev.septet.activities.deploy.chain.ExportSource;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.llm.format.AdapterMerge;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.gguf.GgufExport;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.llm.quantize.QuantizationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes the forms of a trained model, without verification.
 *
 * @param out folder for the forms
 * @param type type of merged weights
 */
record ExportForms(ExportSource source, Path out, MergedType type) {
    /** Forms whose merged weights are float32. */
    ExportForms(ExportSource source, Path out) {
        this(source, out, MergedType.FLOAT32);
    }

    /** File name of a model's GGUF. */
    static String gguf(GgufForm form) {
        return "model-%s.gguf".formatted(form.word());
    }

    /**
     * Writes {@code model/} in the merged type, and {@code adapter/} when the training produced an adapter.
     */
    void model() throws IOException {
        if (source.adapter()) {
            AdapterMerge.write(
                    ModelFolder.open(source.base()), PeftAdapter.open(source.trained()), merged(), type.elements());
            copy(source.trained(), out.resolve("adapter"));
        } else {
            copy(source.trained(), merged());
        }
    }

    /** Writes the merged model as a 16-bit GGUF file. */
    void gguf16() throws IOException {
        write(GgufForm.F16);
    }

    /** Writes the merged model as a quantized GGUF file; returns the quantization error. */
    QuantizationReport quantized(GgufForm form) throws IOException {
        return write(form);
    }

    /** The GGUF form of a pipeline's quantization format. */
    static GgufForm form(DeploySpec.Quantization format) {
        return switch (format) {
            case INT8, Q8_0 -> GgufForm.Q8_0;
            case Q4_K_M -> GgufForm.Q4_K_M;
            case Q4_0 -> GgufForm.Q4_0;
        };
    }

    /** Copies the model card and the scores, the card also into the model's folder. */
    void documents() throws IOException {
        papers();
        Path card = source.evaluation().resolve("README.md");
        if (Files.exists(card) && !Files.exists(merged().resolve("README.md"))) {
            Files.copy(card, merged().resolve("README.md"));
        }
    }

    /** Copies the model card and the scores. */
    void papers() throws IOException {
        for (String name : List.of("README.md", "results.json")) {
            Path paper = source.evaluation().resolve(name);
            if (Files.exists(paper)) {
                Files.copy(paper, out.resolve(name));
            }
        }
    }

    private Path merged() {
        return out.resolve("model");
    }

    private QuantizationReport write(GgufForm form) throws IOException {
        return GgufExport.write(ModelFolder.open(merged()), out.resolve(gguf(form)), source.name(), form);
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
