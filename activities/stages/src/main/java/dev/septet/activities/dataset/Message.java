package dev.septet.activities.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.septet.activities.dataset.record.JsonTexts;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.PlainData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message of a chat.
 *
 * @param content null only beside tool calls
 * @param reasoning what the assistant thinks before it answers; null for none
 * @param toolCalls tools that the assistant calls
 * @param toolCallId the call whose result this is; null when the file does not name it
 * @param name name of the author, or of the tool; null for none
 * @param learned whether the message carries loss, if it is from the assistant; {@code false} makes
 *     it context
 */
public record Message(
        ChatRole role,
        @Nullable String content,
        @Nullable String reasoning,
        List<MessageToolCall> toolCalls,
        @Nullable String toolCallId,
        @Nullable String name,
        boolean learned) {
    public Message {
        toolCalls = List.copyOf(toolCalls);
    }

    /** A message with nothing but text. */
    public Message(ChatRole role, String content) {
        this(role, content, null, List.of(), null, null, true);
    }

    /** The content; empty text without one. */
    public String text() {
        return content == null ? "" : content;
    }

    /** Whether it is an answer that carries loss. */
    public boolean isLearned() {
        return role == ChatRole.ASSISTANT && learned;
    }

    /** Whether it has nothing but a role and text. */
    boolean plain() {
        return content != null && equals(new Message(role, content));
    }

    /** The same message with another content. */
    public Message withContent(String other) {
        return new Message(role, other, reasoning, toolCalls, toolCallId, name, learned);
    }

    /** The same message as context. */
    public Message asContext() {
        return new Message(role, content, reasoning, toolCalls, toolCallId, name, false);
    }

    /** What the assistant answers: the content and the canonical JSON of the tool calls, as far as there are. */
    public String answer() {
        if (toolCalls.isEmpty()) {
            return text();
        }
        String calls = MessageToolCall.canonical(toolCalls);
        return text().isBlank() ? calls : text() + "\n" + calls;
    }

    /**
     * The same message with its texts changed.
     *
     * @param field the message in its row, such as {@code messages[1]}
     */
    Message edited(String field, TextEdit edit) {
        List<MessageToolCall> calls = new ArrayList<>(toolCalls.size());
        for (int i = 0; i < toolCalls.size(); i++) {
            calls.add(toolCalls.get(i).edited(field + ".tool_calls[" + i + "]", edit));
        }
        return new Message(
                role,
                content == null ? null : edit.apply(field + ".content", content),
                reasoning == null ? null : edit.apply(field + ".reasoning_content", reasoning),
                calls,
                toolCallId,
                name == null ? null : edit.apply(field + ".name", name),
                learned);
    }

    /** The message for chat templates. */
    ChatMessage forTemplate() {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (reasoning != null) {
            fields.put("reasoning_content", reasoning);
        }
        if (!toolCalls.isEmpty()) {
            fields.put(ChatMessage.TOOL_CALLS, PlainData.list(MessageToolCall.json(toolCalls)));
        }
        if (toolCallId != null) {
            fields.put("tool_call_id", toolCallId);
        }
        if (name != null) {
            fields.put("name", name);
        }
        return new ChatMessage(role.word(), content, fields);
    }

    /** Writes the message as it is in prepared rows. */
    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("role", role.word());
        json.writeStringField("content", content);
        if (reasoning != null) {
            json.writeStringField("reasoning_content", reasoning);
        }
        if (!toolCalls.isEmpty()) {
            json.writeFieldName("tool_calls");
            JsonTexts.write(json, MessageToolCall.json(toolCalls));
        }
        if (toolCallId != null) {
            json.writeStringField("tool_call_id", toolCallId);
        }
        if (name != null) {
            json.writeStringField("name", name);
        }
        if (role == ChatRole.ASSISTANT && !learned) {
            json.writeNumberField("weight", 0);
        }
        json.writeEndObject();
    }
}
