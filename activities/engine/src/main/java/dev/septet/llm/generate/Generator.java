package dev.septet.llm.generate;

import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Answers prompts in batches. An answer depends only on its prompt, the options and the model: rows
 * of a batch do not attend to each other, and sampling depends on the seed and the prompt. Not
 * thread-safe, because the model is not.
 */
public final class Generator {
    /** No caller waits for single tokens here, so prompts are read as fast as possible. */
    private static final int TOKENS_AT_ONCE = 512;

    private static final int KEPT_TOKENS = 4096;
    private static final int DRAFT_TOKENS = 8;

    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final EngineSettings settings;

    /**
     * @param batchSize maximum number of prompts answered together; a larger batch needs more
     *     memory
     */
    public Generator(LanguageModel model, Tokenizer tokenizer, int batchSize) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.settings = new EngineSettings(batchSize, 0, TOKENS_AT_ONCE, KEPT_TOKENS, 0, DRAFT_TOKENS);
    }

    /** Answers one prompt. */
    public Generated generate(int[] prompt, GenerationOptions options, TextListener listener) {
        return generate(List.of(prompt), options, listener).get(0);
    }

    /** Answers prompts without a listener. */
    public List<Generated> generate(List<int[]> prompts, GenerationOptions options) {
        return generate(prompts, options, TextListener.SILENT);
    }

    /**
     * Answers prompts.
     *
     * @param prompts token ids, at least one each; the model's context must have room for an answer
     * @return one answer per prompt, in their order
     * @throws IllegalArgumentException when a prompt is empty or too long
     */
    public List<Generated> generate(List<int[]> prompts, GenerationOptions options, TextListener listener) {
        for (int i = 0; i < prompts.size(); i++) {
            PromptChecks.require(model.config(), "prompt " + (i + 1), prompts.get(i));
        }
        List<GenerationHandle> tickets = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            int prompt = i;
            tickets.add(new GenerationHandle(
                    GenerationRequest.of(prompts.get(i), options), piece -> listener.onText(prompt, piece)));
        }
        Map<GenerationHandle, Generated> answers = new HashMap<>();
        Deque<GenerationHandle> waiting = new ArrayDeque<>(tickets);
        try (Batch batch = new Batch(model, tokenizer, AdapterFolders.NONE, settings)) {
            while (answers.size() < tickets.size()) {
                while (batch.hasRoom() && !waiting.isEmpty()) {
                    batch.join(waiting.remove());
                }
                for (ActiveSequence row : batch.step()) {
                    if (row.failure() != null) {
                        throw row.failure();
                    }
                    answers.put(row.handle(), row.completion().answer());
                }
            }
        }
        return tickets.stream()
                .map(ticket -> Objects.requireNonNull(answers.get(ticket)))
                .toList();
    }
}
