package dev.septet.activities.dataset.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.record.JsonTexts;
import dev.septet.dsl.expression.RowFields;
import java.util.AbstractList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a record for expressions: the record's own fields, and {@code prompt} and {@code
 * answer} in every format. In a chat these are the last user message and the last answer, or the
 * JSON of its tool calls. In an instruction record they are the instruction with its input, and the
 * output. In a completion record they are the prompt and the completion, and in a classification the
 * text and its label.
 */
public record RecordFields(ObjectNode record) implements RowFields {
    /** Authors of messages between a question and its answer. */
    private static final Set<String> BETWEEN =
            Set.of("assistant", "tool", "function", "gpt", "function_call", "tool_call", "observation");

    @Override
    public @Nullable Object get(String name) {
        Object own = value(record.get(name));
        return own != null ? own : everywhere(name);
    }

    /**
     * Sets a field of the record, or the record's own field for {@code prompt} or {@code answer}.
     */
    void set(String name, JsonNode value) {
        if (!record.has(name) && (name.equals("prompt") || name.equals("answer"))) {
            boolean answer = name.equals("answer");
            ObjectNode message = message(answer);
            if (message != null) {
                message.set(content(message), value);
                return;
            }
            if (record.has("text") && record.has("label")) {
                record.set(answer ? "label" : "text", value);
                return;
            }
            if (answer && record.has("completion")) {
                record.set("completion", value);
                return;
            }
            if (record.has("instruction") && record.has("output")) {
                record.set(answer ? "output" : "instruction", value);
                if (!answer) {
                    record.remove("input");
                }
                return;
            }
        }
        record.set(name, value);
    }

    private @Nullable Object everywhere(String name) {
        if (!name.equals("prompt") && !name.equals("answer")) {
            return null;
        }
        boolean answer = name.equals("answer");
        ObjectNode message = message(answer);
        if (message != null) {
            Object content = value(message.get(content(message)));
            JsonNode calls = message.path("tool_calls");
            return content == null && calls.isArray() ? JsonTexts.canonical(calls) : content;
        }
        if (record.has("text") && record.has("label")) {
            return value(record.get(answer ? "label" : "text"));
        }
        if (answer) {
            return value(record.get(record.has("completion") ? "completion" : "output"));
        }
        Object instruction = value(record.get("instruction"));
        String input = record.path("input").asText("");
        return instruction == null || input.isBlank() ? instruction : instruction + "\n\n" + input;
    }

    private static String content(ObjectNode message) {
        return message.has("value") && !message.has("content") ? "value" : "content";
    }

    /** The last message, or the last one from the user before it; null when there is none. */
    private @Nullable ObjectNode message(boolean answer) {
        JsonNode messages = record.has("messages") ? record.path("messages") : record.path("conversations");
        int at = messages.size() - (answer ? 1 : 2);
        // Calls of tools and their results may stand between the question and its answer.
        int asked = at;
        while (!answer && asked > 0 && BETWEEN.contains(role(messages.path(asked)))) {
            asked--;
        }
        boolean found = !BETWEEN.contains(role(messages.path(asked)));
        return messages.path(found ? asked : at) instanceof ObjectNode message ? message : null;
    }

    private static String role(JsonNode message) {
        return message.path(message.has("role") ? "role" : "from").asText();
    }

    private static @Nullable Object value(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return null;
        } else if (node.isTextual()) {
            return node.textValue();
        } else if (node.isNumber()) {
            return node.doubleValue();
        } else if (node.isBoolean()) {
            return node.booleanValue();
        } else if (node instanceof ArrayNode array) {
            return list(array);
        }
        ObjectNode inner = (ObjectNode) node;
        return (RowFields) name -> value(inner.get(name));
    }

    /** Converts items lazily, because a list may be long and may be used often. */
    private static List<@Nullable Object> list(ArrayNode array) {
        return new AbstractList<>() {
            @Override
            public @Nullable Object get(int index) {
                return value(array.get(index));
            }

            @Override
            public int size() {
                return array.size();
            }
        };
    }
}
