package dev.septet.activities.evaluate.form;

import dev.septet.dsl.pipeline.deploy.DeploySpec.Quantization;
import dev.septet.llm.format.FolderDigest;
import dev.septet.llm.gguf.GgufFile;
import dev.septet.llm.gguf.GgufTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A GGUF file of the export that takes the exam.
 *
 * @param form the format's name, such as {@code q4_0}
 * @param format the format in the pipeline file; null for the 16-bit file
 * @param file the GGUF file
 * @param read folder of the model that the engine reads from this file, and from nothing else
 * @param divergence mean KL divergence from the unquantized model, in nats per token; null when it was not measured
 */
public record FormFile(
        String form,
        @Nullable Quantization format,
        Path file,
        Path read,
        @Nullable Double divergence) {
    /** What is known before the exam. */
    FormResult result(@Nullable String refused) throws IOException {
        long bytes = Files.size(file);
        long weights = GgufFile.open(file).tensors().values().stream()
                .map(GgufTensor::shape)
                .mapToLong(shape -> shape.size())
                .sum();
        return new FormResult(
                form,
                String.valueOf(file.getFileName()),
                FolderDigest.ofFile(file),
                bytes,
                8.0 * bytes / Math.max(1, weights),
                divergence,
                refused,
                List.of());
    }
}
