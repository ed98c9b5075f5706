package dev.septet.examples.benchmarks;

import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.gguf.GgufExport;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures text generation, and prints Markdown tables. */
public final class GenerationBenchmark {
    private static final int KEPT = 16_384;
    private static final int DRAFT = 8;
    private static final int TOKENS = 24;

    private GenerationBenchmark() {}

    /**
     * Usage: {@code GenerationBenchmark MODEL.gguf CONVERSATIONS.jsonl PYTHON REPEATS}, with the
     * number of threads of all programs in the property {@code ai.djl.pytorch.num_threads}.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path python = Path.of(arguments[2]);
        int repeats = Integer.parseInt(arguments[3]);
        int threads = Integer.getInteger("ai.djl.pytorch.num_threads", 1);
        Path folder = BenchmarkModel.folder(arguments[0]);
        Path temporary = Files.createTempDirectory("septet-benchmark");
        Path wide = temporary.resolve("model-f32.gguf");
        GgufExport.write(ModelFolder.open(folder), wide, "model", GgufForm.F32);
        try (Tokenizer tokenizer = Tokenizer.open(folder);
                Contender peer = new TransformersContender("transformers", python, folder, threads, 0);
                Contender llama = new LlamaCppContender(wide, folder, threads)) {
            Prompts prompts = new Prompts(folder, tokenizer, Path.of(arguments[1]));
            for (Round round : rounds(folder, prompts, llama, peer)) {
                round.run(repeats);
                System.out.println(round.table());
            }
            for (int atOnce : new int[] {1, 8}) {
                System.out.println(DecodingProfile.table(folder, atOnce));
            }
        } finally {
            Files.delete(wide);
            Files.delete(temporary);
        }
        System.exit(0); // llama.cpp may leave a thread that keeps this process running
    }

    private static List<Round> rounds(Path folder, Prompts prompts, Contender llama, Contender peer) {
        Contender plain = new EngineContender("Septet", folder, 0, 0);
        List<Round> rounds = new ArrayList<>();
        for (int atOnce : new int[] {1, 4, 8}) {
            Work work = new Work(prompts.questions(atOnce), TOKENS, atOnce);
            rounds.add(new Round(
                    String.format(Locale.ROOT, "%d at once, %d tokens each", atOnce, TOKENS),
                    work,
                    atOnce == 1 ? List.of(plain, llama, peer) : List.of(plain, peer)));
        }
        rounds.add(new Round(
                "4 one after the other under one long system prompt, 8 tokens each",
                new Work(prompts.withRules(4), 8, 1),
                List.of(plain, new EngineContender("Septet, prefix reuse", folder, KEPT, 0), peer)));
        Contender guessing = new EngineContender("Septet, prompt lookup", folder, 0, DRAFT);
        rounds.add(new Round(
                "2 one after the other whose answers quote the question, 48 tokens each",
                new Work(prompts.quoting(2), 48, 1),
                List.of(plain, guessing, peer)));
        rounds.add(new Round(
                "2 one after the other whose answers do not quote, 48 tokens each",
                new Work(prompts.questions(2), 48, 1),
                List.of(plain, guessing, peer)));
        return rounds;
    }
}
