package dev.septet.examples.e2e;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.CacheType;
import java.nio.file.Path;

/** The real llama.cpp, in this process, with an exported file. */
final class LlamaCppModel implements AutoCloseable {
    private final LlamaModel model;

    LlamaCppModel(Path gguf) {
        model = new LlamaModel(new ModelParameters()
                .setModel(gguf.toString())
                .setCtxSize(512)
                .setThreads(1)
                .setThreadsBatch(1)
                .setCacheTypeK(CacheType.F32)
                .setCacheTypeV(CacheType.F32)
                .setGpuLayers(0)
                .disableLog());
    }

    /** The greedy answer; the file itself says where it ends. */
    String answer(String rendered, int max) {
        return model.complete(new InferenceParameters(rendered)
                .setTemperature(0)
                .setCachePrompt(false)
                .setNPredict(max));
    }

    @Override
    public void close() {
        model.close();
    }
}
