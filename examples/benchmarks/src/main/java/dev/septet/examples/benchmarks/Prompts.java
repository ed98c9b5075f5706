package dev.septet.examples.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The prompts of the benchmarks: questions of the support example's customers. */
final class Prompts {
    private static final int RULES = 12;

    private final List<String> questions = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();
    private final ChatEncoder chats;

    Prompts(Path folder, Tokenizer tokenizer, Path conversations) throws IOException {
        chats = new ChatEncoder(ChatTemplate.of(folder), tokenizer);
        for (String line : Files.readAllLines(conversations)) {
            JsonNode messages = new ObjectMapper().readTree(line).path("messages");
            questions.add(messages.path(1).path("content").asText());
            answers.add(messages.path(2).path("content").asText());
        }
    }

    /** Single questions under a system prompt of one line. */
    List<int[]> questions(int count) {
        return asked("You are the support assistant of Fernhill, an outdoor shop.", "%s", count);
    }

    /**
     * The same questions under a system prompt of hundreds of tokens. It contains the support desk's
     * rules.
     */
    List<int[]> withRules(int count) {
        Set<String> rules = new LinkedHashSet<>(answers.subList(0, RULES));
        return asked("Answer by these rules. " + String.join(" ", rules), "%s", count);
    }

    /** Prompts that ask the model to repeat their text. */
    List<int[]> quoting(int count) {
        return asked("You repeat what the user says, word for word.", "Repeat this message twice: %s", count);
    }

    private List<int[]> asked(String system, String form, int count) {
        return questions.subList(0, count).stream()
                .map(question -> chats.prompt(
                        List.of(new ChatMessage("system", system), new ChatMessage("user", form.formatted(question)))))
                .toList();
    }
}
