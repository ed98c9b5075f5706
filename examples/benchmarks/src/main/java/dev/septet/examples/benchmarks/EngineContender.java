package dev.septet.examples.benchmarks;

import dev.septet.llm.generate.AdapterFolders;
import dev.septet.llm.generate.AnswerListener;
import dev.septet.llm.generate.EngineCounts;
import dev.septet.llm.generate.EngineSettings;
import dev.septet.llm.generate.GenerationEngine;
import dev.septet.llm.generate.GenerationHandle;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.GenerationRequest;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Septet's generation engine. Every run has an engine of its own, so that no cache entry of an
 * earlier run is reused. Opening the engine is not timed.
 */
record EngineContender(String name, Path folder, int keptTokens, int draftTokens) implements Contender {
    private static final int PROMPT_TOKENS = 512;

    @Override
    public Done run(Work work) throws InterruptedException {
        EngineSettings settings =
                new EngineSettings(work.atOnce(), work.prompts().size(), PROMPT_TOKENS, keptTokens, 0, draftTokens);
        GenerationOptions options = GenerationOptions.greedy(work.newTokens(), Set.of());
        LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty());
        try (Tokenizer tokenizer = Tokenizer.open(folder);
                GenerationEngine engine = new GenerationEngine(model, tokenizer, AdapterFolders.NONE, settings)) {
            engine.submit(
                            GenerationRequest.of(new int[] {1}, GenerationOptions.greedy(4, Set.of())),
                            AnswerListener.SILENT)
                    .await(); // warm-up
            EngineCounts before = engine.counts();
            long start = System.nanoTime();
            List<GenerationHandle> tickets = new ArrayList<>();
            for (int[] prompt : work.prompts()) {
                tickets.add(engine.submit(GenerationRequest.of(prompt, options), AnswerListener.SILENT));
            }
            List<int[]> answers = new ArrayList<>();
            for (GenerationHandle ticket : tickets) {
                answers.add(ticket.await().answer().ids());
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            return new Done(seconds, answers, note(before, engine.counts()));
        }
    }

    private static String note(EngineCounts before, EngineCounts after) {
        return String.format(
                Locale.ROOT,
                "%d of %d prompt tokens reused, %d of %d guesses right",
                after.reused() - before.reused(),
                after.prompt() - before.prompt(),
                after.accepted() - before.accepted(),
                after.drafted() - before.drafted());
    }
}
