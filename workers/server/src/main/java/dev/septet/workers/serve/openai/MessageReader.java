package dev.septet.workers.serve.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.template.ChatMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code messages}. The content of each is a string or a list of text parts. */
record MessageReader(RequestLimits limits) {
    /** Roles in requests, with the role names of chat templates. */
    private static final Map<String, String> ROLES = Map.of(
            "system", "system",
            "developer", "system",
            "user", "user",
            "assistant", ChatMessage.ASSISTANT);

    List<ChatMessage> read(@Nullable JsonNode messages) {
        if (messages == null || !messages.isArray() || messages.isEmpty()) {
            throw ApiProblem.value("messages", "'messages' must be a list of at least one message");
        }
        if (messages.size() > limits.messages()) {
            throw ApiProblem.value(
                    "messages",
                    "'messages' has %d messages, more than %d".formatted(messages.size(), limits.messages()));
        }
        List<ChatMessage> turns = new ArrayList<>();
        for (JsonNode message : messages) {
            String place = "messages[" + turns.size() + "]";
            String role = ROLES.get(message.path("role").asText());
            if (role == null) {
                throw ApiProblem.value(
                        place + ".role", "'%s.role' must be system, developer, user or assistant".formatted(place));
            }
            turns.add(new ChatMessage(role, content(message.path("content"), place + ".content")));
        }
        return turns;
    }

    private static String content(JsonNode content, String place) {
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder text = new StringBuilder();
        if (!content.isArray() || content.isEmpty()) {
            throw ApiProblem.value(place, "'%s' must be a string or a list of text parts".formatted(place));
        }
        for (JsonNode part : content) {
            if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
                throw ApiProblem.unsupported(
                        place, "'%s' has a part that is not text; this server reads text only".formatted(place));
            }
            text.append(part.path("text").textValue());
        }
        return text.toString();
    }
}
