package dev.septet.activities.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.record.JsonTexts;
import dev.septet.llm.template.Chat;
import dev.septet.llm.template.PlainData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A conversation: optional instructions, then user and assistant messages in turn, with the results
 * of tools after the assistant's calls. The last message is from the assistant.
 *
 * @param tools JSON schemas of the tools that the assistant may call
 */
public record ChatRow(List<Message> messages, List<JsonNode> tools, RowPlace place) implements Row {
    public ChatRow {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        RoleOrder.check(messages);
    }

    /** A conversation without tools. */
    public ChatRow(List<Message> messages, RowPlace place) {
        this(messages, List.of(), place);
    }

    /** The expected answer: the last message from the assistant that is learned. */
    public Message answer() {
        return messages.get(answerAt());
    }

    private int answerAt() {
        int at = messages.size() - 1;
        while (!messages.get(at).isLearned()) {
            at--;
        }
        return at;
    }

    /** The model's input before its answer: all messages before it. */
    public List<Message> prompt() {
        return messages.subList(0, answerAt());
    }

    /** The whole conversation for chat templates. */
    public Chat chat() {
        return chat(messages);
    }

    /** The model's input before its answer, for chat templates. */
    public Chat question() {
        return chat(prompt());
    }

    private Chat chat(List<Message> turns) {
        return new Chat(
                turns.stream().map(Message::forTemplate).toList(),
                tools.stream().map(PlainData::of).toList());
    }

    /**
     * The conversation up to a message.
     *
     * @param count number of messages; the last of them is from the assistant
     */
    public ChatRow first(int count) {
        return new ChatRow(messages.subList(0, count), tools, place);
    }

    /** The same conversation with other messages. */
    public ChatRow with(List<Message> others) {
        return new ChatRow(others, tools, place);
    }

    @Override
    public String promptText() {
        List<Message> prompt = prompt();
        for (int at = prompt.size() - 1; at >= 0; at--) {
            if (prompt.get(at).role() == ChatRole.USER) {
                return prompt.get(at).text();
            }
        }
        return "";
    }

    @Override
    public Optional<String> reference() {
        return Optional.of(answer().answer());
    }

    @Override
    public ChatRow edited(TextEdit edit) {
        List<Message> edited = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            edited.add(messages.get(i).edited("messages[" + i + "]", edit));
        }
        return new ChatRow(edited, edited(tools, edit), place);
    }

    static List<JsonNode> edited(List<JsonNode> tools, TextEdit edit) {
        List<JsonNode> edited = new ArrayList<>(tools.size());
        for (int i = 0; i < tools.size(); i++) {
            edited.add(JsonTexts.edited(tools.get(i), "tools[" + i + "]", edit));
        }
        return edited;
    }

    @Override
    public void writeFields(JsonGenerator json) throws IOException {
        json.writeFieldName("messages");
        write(json, messages);
        writeTools(json, tools);
    }

    static void write(JsonGenerator json, List<Message> messages) throws IOException {
        json.writeStartArray();
        for (Message message : messages) {
            message.write(json);
        }
        json.writeEndArray();
    }

    static void writeTools(JsonGenerator json, List<JsonNode> tools) throws IOException {
        if (tools.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("tools");
        for (JsonNode tool : tools) {
            JsonTexts.write(json, tool);
        }
        json.writeEndArray();
    }
}
