package dev.septet.examples.benchmarks;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.CacheType;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * llama.cpp in this process, with weights and KV cache in 32 bits as in Septet. Its input is text,
 * in which special tokens are parsed. It answers one request at a time here.
 */
final class LlamaCppContender implements Contender {
    private static final int CONTEXT = 2048;

    private final LlamaModel model;
    private final Tokenizer tokenizer;

    LlamaCppContender(Path gguf, Path folder, int threads) {
        tokenizer = Tokenizer.open(folder);
        model = new LlamaModel(new ModelParameters()
                .setModel(gguf.toString())
                .setCtxSize(CONTEXT)
                .setThreads(threads)
                .setThreadsBatch(threads)
                .setCacheTypeK(CacheType.F32)
                .setCacheTypeV(CacheType.F32)
                .setGpuLayers(0)
                .disableLog());
    }

    @Override
    public String name() {
        return "llama.cpp, F32";
    }

    @Override
    public Done run(Work work) {
        List<String> texts = new ArrayList<>();
        for (int[] prompt : work.prompts()) {
            texts.add(tokenizer.decode(prompt, false));
        }
        long start = System.nanoTime();
        for (String text : texts) {
            model.complete(new InferenceParameters(text)
                    .setTemperature(0)
                    .setCachePrompt(false)
                    .setIgnoreEos(true)
                    .setNPredict(work.newTokens()));
        }
        return new Done((System.nanoTime() - start) / 1e9, List.of(), "");
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}
