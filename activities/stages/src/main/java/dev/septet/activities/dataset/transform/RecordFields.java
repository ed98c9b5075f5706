package dev.septet.activities.dataset.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.expression.RowFields;
import java.util.AbstractList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as expressions see it: its own fields, and {@code prompt} and {@code answer} in every
 * format. Of a chat these are its last question and its last answer; of an instruction, the
 * instruction with its input, and the output; of a completion, the prompt and the completion.
 */
public record RecordFields(ObjectNode record) implements RowFields {
    @Override
    public @Nullable Object get(String name) {
        Object own = value(record.get(name));
        return own != null ? own : everywhere(name);
    }

    /** Sets a field: the record's own, or the one that stands for it in the record's format. */
    void set(String name, JsonNode value) {
        if (!record.has(name) && (name.equals("prompt") || name.equals("answer"))) {
            boolean answer = name.equals("answer");
            ObjectNode message = message(answer ? 1 : 2);
            if (message != null) {
                message.set("content", value);
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
        ObjectNode message = message(answer ? 1 : 2);
        if (message != null) {
            return value(message.get("content"));
        }
        if (answer) {
            return value(record.get(record.has("completion") ? "completion" : "output"));
        }
        Object instruction = value(record.get("instruction"));
        String input = record.path("input").asText("");
        return instruction == null || input.isBlank() ? instruction : instruction + "\n\n" + input;
    }

    /** The message so many from the end, counted from 1; null when there is none. */
    private @Nullable ObjectNode message(int fromEnd) {
        JsonNode messages = record.path("messages");
        return messages.path(messages.size() - fromEnd) instanceof ObjectNode message ? message : null;
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

    /** Converts an item when it is looked at: a list may be long and asked for often. */
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
