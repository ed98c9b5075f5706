package dev.septet.activities.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

/** {@code {"messages": [{"role": "user", "content": "..."}, ...]}}. */
final class ChatFormat implements RowFormat {
    @Override
    public Row row(ObjectNode record, Place place) {
        JsonNode messages = record.get("messages");
        if (messages == null) {
            throw new RowProblem("\"messages\" is missing, expected a list of messages");
        }
        if (!messages.isArray()) {
            throw new RowProblem(
                    "\"messages\" is " + Fields.type(messages) + ", expected a list of messages");
        }
        List<Message> turns = new ArrayList<>(messages.size());
        for (JsonNode message : messages) {
            turns.add(message(message, "messages[" + turns.size() + "]"));
        }
        return new ChatRow(turns, place);
    }

    private static Message message(JsonNode node, String what) {
        if (!(node instanceof ObjectNode message)) {
            throw new RowProblem(
                    what + " is " + Fields.type(node) + ", expected {\"role\", \"content\"}");
        }
        return new Message(
                Role.of(required(message, "role", what)), required(message, "content", what));
    }

    private static String required(ObjectNode message, String name, String what) {
        JsonNode value = message.get(name);
        if (value == null) {
            throw new RowProblem(what + " has no \"" + name + "\"");
        }
        return Fields.text(value, what + "." + name);
    }
}
