package dev.septet.activities.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A conversation: perhaps a system message, then user and assistant in turn. The last message is
 * the assistant's.
 */
public record ChatRow(List<Message> messages, RowPlace place) implements Row {
    public ChatRow {
        messages = List.copyOf(messages);
        RoleOrder.check(messages);
    }

    /** What the model is given before it answers: all but the last message. */
    public List<Message> prompt() {
        return messages.subList(0, messages.size() - 1);
    }

    /**
     * The conversation up to a message.
     *
     * @param count how many messages; the last of them is the assistant's
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
