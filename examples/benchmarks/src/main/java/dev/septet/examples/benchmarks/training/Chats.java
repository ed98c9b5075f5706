package dev.septet.examples.benchmarks.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.TokenSequence;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The support example's conversations as training data for Septet and its peers. As in real data,
 * most chats are short and a few are long. A chat has one to twelve exchanges under one system
 * prompt, and its last answer carries loss.
 */
final class Chats {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 1000;
    private static final int MAX_EXCHANGES = 12;

    private final ChatEncoder encoder;
    private final List<List<ChatMessage>> conversations = new ArrayList<>();

    Chats(Path model, Tokenizer tokenizer, Path file) throws IOException {
        encoder = new ChatEncoder(ChatTemplate.of(model), tokenizer);
        for (String line : Files.readAllLines(file)) {
            List<ChatMessage> messages = new ArrayList<>();
            for (JsonNode message : JSON.readTree(line).path("messages")) {
                messages.add(new ChatMessage(
                        message.path("role").asText(), message.path("content").asText()));
            }
            conversations.add(messages);
        }
    }

    /**
     * Writes rows of equal length, whose tokens all carry loss. They are the concatenated
     * conversations, repeated from the beginning if necessary.
     *
     * @param skipped number of rows that are skipped first
     */
    void writeBlocks(Path file, int skipped, int rows, int length) throws IOException {
        List<Integer> stream = new ArrayList<>();
        for (int i = 0; stream.size() < (skipped + rows) * length; i++) {
            for (int id :
                    encoder.example(conversations.get(i % conversations.size())).ids()) {
                stream.add(id);
            }
        }
        List<TokenDataset.Row> blocks = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            int[] ids = new int[length];
            byte[] mask = new byte[length];
            for (int i = 0; i < length; i++) {
                ids[i] = stream.get((skipped + row) * length + i);
                mask[i] = 1;
            }
            blocks.add(new TokenDataset.Row(ids, mask));
        }
        TokenDatasetWriter.write(file, blocks);
    }

    /**
     * Writes the same chats of uneven length as tokens for Septet and as conversations for the
     * peer.
     */
    void writeUneven(Path tokens, Path text) throws IOException {
        CounterRandom random = CounterRandom.stream(7, "chats");
        List<TokenDataset.Row> rows = new ArrayList<>();
        StringBuilder lines = new StringBuilder();
        int at = 0;
        for (int chat = 0; at < conversations.size(); chat++) {
            // The third power makes long chats rare.
            double share = Math.pow(random.uniform(chat), 3);
            int end = Math.min(conversations.size(), at + 1 + (int) (share * MAX_EXCHANGES));
            List<ChatMessage> messages = new ArrayList<>(conversations.get(at).subList(0, 1));
            for (; at < end; at++) {
                messages.addAll(conversations.get(at).subList(1, 3));
            }
            List<ChatMessage> prompt = messages.subList(0, messages.size() - 1);
            TokenSequence whole = encoder.example(messages);
            if (whole.ids().length > LONGEST) {
                continue;
            }
            rows.add(lastAnswer(whole, encoder.prompt(prompt).length));
            lines.append(JSON.writeValueAsString(
                    Map.of("prompt", prompt, "completion", messages.subList(messages.size() - 1, messages.size()))));
            lines.append('\n');
        }
        TokenDatasetWriter.write(tokens, rows);
        Files.writeString(text, lines);
    }

    private static TokenDataset.Row lastAnswer(TokenSequence whole, int prompt) {
        byte[] mask = new byte[whole.ids().length];
        for (int i = prompt; i < mask.length; i++) {
            mask[i] = (byte) (whole.loss()[i] ? 1 : 0);
        }
        return new TokenDataset.Row(whole.ids(), mask);
    }
}
