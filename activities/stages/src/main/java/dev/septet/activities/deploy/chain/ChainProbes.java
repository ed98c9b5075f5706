package dev.septet.activities.deploy.chain;

import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.llm.template.ChatMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The prompts for comparing forms of a model: conversations when the model has a chat template,
 * texts when it has none. Some shapes of conversation are always included; the rest comes from the
 * test split.
 */
public record ChainProbes(List<List<ChatMessage>> conversations, List<String> texts) {
    private static final int ROWS = 6;
    private static final int READ = 400;
    private static final int MAX_CHARACTERS = 2000;

    /** Shapes of conversation that every form of a model must treat alike. */
    public static final ChainProbes PLAIN = new ChainProbes(
            List.of(
                    List.of(new ChatMessage("user", "What can you do?")),
                    List.of(
                            new ChatMessage("system", "Answer in one word."),
                            new ChatMessage("user", "Which colour is the sky?")),
                    List.of(
                            new ChatMessage("user", "My order 1234 is late."),
                            new ChatMessage("assistant", "I am sorry to hear that."),
                            new ChatMessage("user", "  Where is it?\n\nThanks!"))),
            List.of("Once upon a time", "The order 1234 "));

    public ChainProbes {
        conversations = conversations.stream().map(List::copyOf).toList();
        texts = List.copyOf(texts);
    }

    /**
     * Adds prompts of a prepared dataset's test split after the fixed ones.
     *
     * @param dataset folder of the prepared dataset
     */
    public static ChainProbes of(Path dataset) throws IOException {
        Path file = dataset.resolve("test.jsonl");
        return Files.exists(file) ? of(PreparedRows.read(file, READ)) : PLAIN;
    }

    /** Adds evenly spaced rows after the fixed prompts. */
    public static ChainProbes of(List<Row> rows) {
        List<List<ChatMessage>> conversations = new ArrayList<>(PLAIN.conversations());
        List<String> texts = new ArrayList<>(PLAIN.texts());
        int count = Math.min(ROWS, rows.size());
        for (int i = 0; i < count; i++) {
            Row row = rows.get((int) ((long) i * rows.size() / count)).answered();
            if (row.promptText().length() > MAX_CHARACTERS) {
                continue;
            }
            if (row instanceof ChatRow chat) {
                // Servers are compared by what they do with text.
                if (!chat.question().structured()) {
                    conversations.add(chat.question().messages());
                }
            } else if (row instanceof CompletionRow completion
                    && !completion.prompt().isBlank()) {
                texts.add(completion.prompt());
            }
        }
        return new ChainProbes(conversations, texts);
    }
}
