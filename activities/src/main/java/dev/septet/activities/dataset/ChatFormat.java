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
        return new ChatRow(messages(messages, "messages"), place);
    }

    /**
     * The messages of a list.
     *
     * @param name of the field, for what is said of it
     */
    static List<Message> messages(JsonNode list, String name) {
        List<Message> turns = new ArrayList<>(list.size());
        for (JsonNode message : list) {
            turns.add(message(message, name + "[" + turns.size() + "]"));
        }
        return turns;
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
