package dev.septet.activities.dataset.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.record.Fields;
import dev.septet.dsl.text.PublicText;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code {"messages": [{"role": "user", "content": "..."}, ...], "tools": [...]}}. */
final class ChatFormat implements RowFormat {
    @Override
    public Row row(ObjectNode record, RowPlace place) {
        JsonNode messages = record.get("messages");
        if (messages == null) {
            throw new RowProblem(PublicText.of("\"messages\" is missing, expected a list of messages"));
        }
        if (!messages.isArray()) {
            throw new RowProblem(
                    PublicText.of("\"messages\" is %s, expected a list of messages", Fields.type(messages)));
        }
        return new ChatRow(messages(messages, PublicText.of("messages")), ToolFields.tools(record), place);
    }

    /**
     * The messages of a list.
     *
     * @param name name of the field, for messages
     */
    static List<Message> messages(JsonNode list, PublicText name) {
        List<Message> turns = new ArrayList<>(list.size());
        for (JsonNode message : list) {
            turns.add(message(message, PublicText.of("%s[%d]", name, turns.size())));
        }
        return turns;
    }

    private static Message message(JsonNode node, PublicText what) {
        if (!(node instanceof ObjectNode message)) {
            throw new RowProblem(PublicText.of("%s is %s, expected {\"role\", \"content\"}", what, Fields.type(node)));
        }
        return new MessageFields(message, what).read();
    }
}
