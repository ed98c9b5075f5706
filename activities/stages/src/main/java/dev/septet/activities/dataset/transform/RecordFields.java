package dev.septet.activities.dataset.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.expression.RowFields;
import java.util.AbstractList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a record for expressions: the record's own fields, and {@code prompt} and {@code
 * answer} in every format. In a chat these are the last user message and the last answer. In an
 * instruction record they are the instruction with its input, and the output. In a completion
 * record they are the prompt and the completion.
 */
public record RecordFields(ObjectNode record) implements RowFields {
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

    /** A message counted from the end, from 1; null when there is none. */
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
