package dev.septet.workers.cli.create;

import dev.septet.activities.resource.HostMemory;
import dev.septet.dsl.pipeline.HubId;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.probe.ModelCheck;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code septet init} knows about a base model.
 *
 * @param written the model as the pipeline file names it
 * @param folder its folder; null for a GGUF file and for a model of the hub
 * @param parameters the number of its parameters; 0 when unknown
 * @param context the most tokens that it reads; 0 when unknown
 */
record BaseLook(String written, @Nullable Path folder, long parameters, int context) {
    /** Bytes of a parameter with its gradient and the moments of AdamW, and of one that is only read. */
    private static final int TRAINED_BYTES = 16;

    private static final int READ_BYTES = 4;

    /** The share of the memory that the parameters may take; activations take the rest. */
    private static final double PARAMETERS_SHARE = 0.6;

    /**
     * Checks a base model as a run does before it reads the weights.
     *
     * @param written the model as the pipeline file will name it
     * @param path the model on this machine
     * @throws CliProblem NOT_FOUND when there is no such model, RUN_FAILED when it cannot be used
     */
    static BaseLook of(String written, Path path) {
        if (Files.isDirectory(path)) {
            try {
                ModelCheck.folder(path);
                return new BaseLook(written, path, ModelFolder.open(path).parameters(), context(path));
            } catch (FormatProblem | java.io.UncheckedIOException problem) {
                throw new CliProblem(
                        ExitCode.RUN_FAILED,
                        "the base model %s cannot be used: %s"
                                .formatted(PublicText.file(written), problem.getMessage()));
            }
        }
        if (Files.isRegularFile(path)) {
            if (written.toLowerCase(Locale.ROOT).endsWith(".gguf")) {
                return new BaseLook(written, null, 0, 0);
            }
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "the base model %s is a file, expected a folder with config.json and .safetensors, or a .gguf file"
                            .formatted(PublicText.file(written)));
        }
        if (HubId.of(written).isPresent()) {
            return new BaseLook(written, null, 0, 0);
        }
        throw new CliProblem(
                ExitCode.NOT_FOUND,
                "there is no base model %s; give a folder, a .gguf file, or owner/name of the Hugging Face hub"
                        .formatted(PublicText.file(written)));
    }

    private static int context(Path folder) {
        try {
            return ModelConfig.read(folder).maxPositions();
        } catch (FormatProblem refused) {
            return 0; // the stage that opens the model reports it better
        }
    }

    /** The method that the memory of this machine suggests. */
    String method() {
        return parameters * READ_BYTES > HostMemory.available() * PARAMETERS_SHARE ? "qlora" : "lora";
    }

    /** What the memory of this machine means for a method; empty when it fits, or nothing is known. */
    String memoryRemark(String method) {
        long trained = method.equals("full") ? parameters * TRAINED_BYTES : 0;
        long read = method.equals("full") ? 0 : method.equals("qlora") ? parameters : parameters * READ_BYTES;
        return trained + read > HostMemory.available() * PARAMETERS_SHARE
                ? "it probably needs more memory than is free here; `septet plan` says how much"
                : "";
    }
}
