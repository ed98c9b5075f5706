package dev.septet.llm.generate;

import dev.septet.llm.model.DecodingCache;
import dev.septet.llm.model.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Answers prompts, several at a time. An answer depends on its prompt, the options and the model
 * alone: rows of a batch do not see each other, and draws come from the seed and the prompt. Not
 * for concurrent use, as the model is not.
 */
public final class Generator {
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final int batchSize;

    /**
     * @param batchSize most prompts that are answered together; more need more memory
     */
    public Generator(LanguageModel model, Tokenizer tokenizer, int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("a batch needs at least 1 row, got " + batchSize);
        }
        this.model = model;
        this.tokenizer = tokenizer;
        this.batchSize = batchSize;
    }

    /** Answers one prompt. */
    public Generated generate(int[] prompt, GenerationOptions options, TextListener listener) {
        return generate(List.of(prompt), options, listener).get(0);
    }

    /** Answers prompts without listening. */
    public List<Generated> generate(List<int[]> prompts, GenerationOptions options) {
        return generate(prompts, options, TextListener.SILENT);
    }

    /**
     * Answers prompts.
     *
     * @param prompts token ids, at least one each, with room for an answer in the model's context
     * @return one answer per prompt, in their order
     * @throws IllegalArgumentException when a prompt is empty or too long
     */
    public List<Generated> generate(
            List<int[]> prompts, GenerationOptions options, TextListener listener) {
        for (int i = 0; i < prompts.size(); i++) {
            requireRoom(i, prompts.get(i));
        }
        // Prompts of like length go together, so that little is computed for padding.
        List<Integer> order =
                IntStream.range(0, prompts.size())
                        .boxed()
                        .sorted(Comparator.comparingInt(i -> prompts.get(i).length))
                        .toList();
        @Nullable Generated[] answers = new @Nullable Generated[prompts.size()];
        for (int start = 0; start < order.size(); start += batchSize) {
            List<Integer> batch = order.subList(start, Math.min(order.size(), start + batchSize));
            answer(batch, prompts, options, listener, answers);
        }
        List<Generated> all = new ArrayList<>();
        for (Generated answer : answers) {
            if (answer != null) {
                all.add(answer);
            }
        }
        return all;
    }

    private void answer(
            List<Integer> batch,
            List<int[]> prompts,
            GenerationOptions options,
            TextListener listener,
            @Nullable Generated[] answers) {
        List<Integer> rows = new ArrayList<>(batch);
        List<Answer> open = new ArrayList<>();
        int slots = 0;
        for (int row : rows) {
            int[] prompt = prompts.get(row);
            int most = Math.min(options.maxNewTokens(), room(prompt));
            open.add(new Answer(row, prompt, options, most, tokenizer, listener));
            slots = Math.max(slots, prompt.length + most);
        }
        int[][] tokens = batch.stream().map(prompts::get).toArray(int[][]::new);
        try (DecodingCache cache = model.newCache(rows.size(), slots)) {
            while (!rows.isEmpty()) {
                float[][] logits = cache.extend(tokens);
                int[] next = new int[rows.size()];
                List<Integer> going = new ArrayList<>();
                for (int i = 0; i < next.length; i++) {
                    Answer answer = open.get(i);
                    next[i] = answer.add(logits[i]);
                    if (answer.ended()) {
                        answers[rows.get(i)] = answer.result();
                    } else {
                        going.add(i);
                    }
                }
                if (going.size() < rows.size() && !going.isEmpty()) {
                    cache.select(going.stream().mapToInt(i -> i).toArray());
                }
                tokens = going.stream().map(i -> new int[] {next[i]}).toArray(int[][]::new);
                rows = going.stream().map(rows::get).toList();
                open = going.stream().map(open::get).toList();
            }
        }
    }

    private int room(int[] prompt) {
        return model.config().maxPositions() - prompt.length;
    }

    private void requireRoom(int index, int[] prompt) {
        if (prompt.length == 0 || room(prompt) < 1) {
            throw new IllegalArgumentException(
                    "prompt "
                            + (index + 1)
                            + " has "
                            + prompt.length
                            + " tokens; the model takes 1 to "
                            + (model.config().maxPositions() - 1)
                            + " and needs room for an answer");
        }
    }
}
