package dev.septet.workers.serve.backend;

import dev.septet.activities.basemodel.GgufModels;
import dev.septet.activities.resource.DeviceMemory;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Opens GGUF files with Septet's engine, which computes in float32 with the dequantized weights.
 */
public final class GgufBackends {
    private GgufBackends() {}

    /**
     * Opens a GGUF file. It is converted to a model folder once.
     *
     * @throws FormatProblem when the file is damaged, has unsupported content, or needs more than
     *     the free memory
     */
    public static ModelBackend open(Path gguf, GgufModels converted) throws IOException {
        return open(gguf, converted, DeviceMemory.here().available());
    }

    /** With another amount of free memory, in bytes. */
    public static ModelBackend open(Path gguf, GgufModels converted, long free) throws IOException {
        Path folder = converted.folder(gguf);
        long needed = GgufFile.open(gguf).tensors().values().stream()
                .mapToLong(tensor -> tensor.shape().size() * Float.BYTES)
                .sum();
        if (needed > free) {
            throw new FormatProblem(
                    gguf,
                    String.format(
                            Locale.ROOT,
                            "takes %,d MB of memory in float32, and %,d MB are free; serve it with llama.cpp's llama-server, which computes with quantised weights",
                            needed >> 20,
                            free >> 20));
        }
        return EngineBackend.open(folder);
    }
}
