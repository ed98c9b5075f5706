package dev.septet.activities.monitor.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One line of an audit log: {@code {"prompt": text, "answer": ...}} or {@code {"messages":
 * [{"role", "content"}], "answer": ...}}; other fields are ignored. The prompt of messages is the
 * last user message, as in training data.
 */
final class AuditLine {
    private static final int MAX_NESTED = 64;
    private static final JsonMapper MAPPER = mapper();

    private AuditLine() {}

    /** The line's prompt and answer; empty when the line has another shape. */
    static Optional<ObservedRequest> observed(byte[] line) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            JsonNode entry = MAPPER.readTree(text);
            return prompt(entry)
                    .filter(prompt -> !prompt.isBlank())
                    .map(prompt ->
                            ObservedRequest.of(prompt, entry.path("answer").textValue()));
        } catch (CharacterCodingException | JsonProcessingException hostile) {
            return Optional.empty();
        }
    }

    private static Optional<String> prompt(JsonNode entry) {
        JsonNode messages = entry.path("messages");
        for (int at = messages.size() - 1; at >= 0; at--) {
            JsonNode message = messages.path(at);
            if (message.path("role").asText().equals("user")) {
                return text(message.path("content"));
            }
        }
        return text(entry.path("prompt"));
    }

    private static Optional<String> text(JsonNode node) {
        return node.isTextual() ? Optional.of(node.textValue()) : Optional.empty();
    }

    private static JsonMapper mapper() {
        JsonMapper mapper = JsonMapper.builder().build();
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_NESTED)
                        .build());
        return mapper;
    }
}
