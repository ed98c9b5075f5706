package dev.septet.llm.gguf;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.CacheType;
import java.nio.file.Path;
import java.util.Collection;

/** The real llama.cpp, in this process: the independent judge of what is exported. */
final class LlamaCpp implements AutoCloseable {
    private final LlamaModel model;

    LlamaCpp(Path gguf) {
        model = new LlamaModel(new ModelParameters()
                .setModel(gguf.toString())
                .setCtxSize(256)
                .setThreads(1)
                .setThreadsBatch(1)
                .setCacheTypeK(CacheType.F32)
                .setCacheTypeV(CacheType.F32)
                .setGpuLayers(0)
                .disableLog());
    }

    int[] tokens(String text) {
        return model.encode(text);
    }

    /** The likeliest continuation, without the forbidden tokens. */
    String answer(String prompt, int tokens, Collection<Integer> forbidden) {
        return model.complete(new InferenceParameters(prompt)
                .setTemperature(0)
                .setCachePrompt(false)
                .setIgnoreEos(true)
                .disableTokenIds(forbidden)
                .setNPredict(tokens));
    }

    @Override
    public void close() {
        model.close();
    }
}
