package dev.septet.activities.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A conversation: an optional system message, then alternating user and assistant messages. The
 * last message is from the assistant.
 */
public record ChatRow(List<Message> messages, RowPlace place) implements Row {
    public ChatRow {
        messages = List.copyOf(messages);
        RoleOrder.check(messages);
    }

    /** The model's input before its answer: all messages but the last one. */
    public List<Message> prompt() {
        return messages.subList(0, messages.size() - 1);
    }

    /**
     * The conversation up to a message.
     *
     * @param count number of messages; the last of them is from the assistant
     */
    public ChatRow first(int count) {
        return new ChatRow(messages.subList(0, count), place);
    }

    @Override
    public String promptText() {
        return messages.get(messages.size() - 2).content();
    }

    @Override
    public Optional<String> reference() {
        return Optional.of(messages.get(messages.size() - 1).content());
    }

    @Override
    public ChatRow edited(TextEdit edit) {
        List<Message> edited = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            String content = edit.apply("messages[" + i + "].content", message.content());
            edited.add(new Message(message.role(), content));
        }
        return new ChatRow(edited, place);
    }

    @Override
    public void writeFields(JsonGenerator json) throws IOException {
        json.writeFieldName("messages");
        write(json, messages);
    }

    static void write(JsonGenerator json, List<Message> messages) throws IOException {
        json.writeStartArray();
        for (Message message : messages) {
            json.writeStartObject();
            json.writeStringField("role", message.role().word());
            json.writeStringField("content", message.content());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
