package dev.septet.activities.deploy;

import dev.septet.dsl.pipeline.deploy.DeploySpec.Quantization;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A GGUF file of an export.
 *
 * @param form the format's name, such as {@code q4_0}
 * @param format the format in the pipeline file; null for the 16-bit file
 * @param file the GGUF file
 * @param read folder of the model that the engine reads from this file, and from nothing else
 * @param divergence mean KL divergence from the unquantized model, in nats per token; null when it was not measured
 * @param leftOut why the file is left out without an exam; null when it takes the exam
 */
public record ExportedForm(
        String form,
        @Nullable Quantization format,
        Path file,
        Path read,
        @Nullable Double divergence,
        @Nullable String leftOut) {}
