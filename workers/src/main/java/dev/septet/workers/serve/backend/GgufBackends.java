package dev.septet.workers.serve.backend;

import dev.septet.activities.basemodel.GgufModels;
import dev.septet.llm.gguf.GgufFile;
import dev.septet.llm.quantize.GgmlType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** Chooses who computes with a GGUF file. */
public final class GgufBackends {
    private static final Set<GgmlType> WHOLE = Set.of(GgmlType.F32, GgmlType.F16, GgmlType.BF16);

    private GgufBackends() {}

    /**
     * A file of whole weights is answered by Septet's engine, as a folder that is converted once;
     * one of quantised weights by llama.cpp, which need not unpack them.
     *
     * @throws dev.septet.llm.format.FormatProblem when it is damaged, or says what is not
     *     understood here
     */
    public static Backend open(Path gguf, GgufModels converted) throws IOException {
        boolean whole =
                GgufFile.open(gguf).tensors().values().stream()
                        .allMatch(tensor -> WHOLE.contains(tensor.type()));
        return whole ? EngineBackend.open(converted.folder(gguf)) : LlamaBackend.open(gguf);
    }
}
