package dev.septet.activities.dataset.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.MessageToolCall;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.record.Fields;
import dev.septet.dsl.text.PublicText;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one message, as in OpenAI's API and in datasets for TRL: {@code role}, {@code
 * content} (text, or a list of text parts), {@code reasoning_content} (or {@code reasoning}, {@code
 * thinking}), {@code tool_calls} (or {@code function_call}), {@code tool_call_id}, {@code name},
 * {@code weight} and {@code train}.
 *
 * @param message the message's object
 * @param what the message's place in its row, for messages
 */
record MessageFields(ObjectNode message, PublicText what) {
    private static final List<String> REASONING = List.of("reasoning_content", "reasoning", "thinking");
    private static final List<String> TRAIN = List.of("train", "training", "trainable");

    /** Kinds of content parts. Messages may show these words; any other word may be a row's own text. */
    private static final Set<String> PARTS = Set.of(
            "image", "image_url", "input_image", "audio", "input_audio", "audio_url", "video", "video_url", "file");

    private static final String ID = "[A-Za-z0-9_.:-]{1,128}";

    Message read() {
        ChatRole role = ChatRole.of(text("role"));
        List<MessageToolCall> calls = ToolFields.calls(message, what);
        String content = content(calls);
        String reasoning = reasoning();
        if (role != ChatRole.ASSISTANT) {
            only("tool_calls", !calls.isEmpty());
            only("reasoning_content", reasoning != null);
        }
        String id = id("tool_call_id");
        if (id != null && role != ChatRole.TOOL) {
            throw new RowProblem(PublicText.of("%s.tool_call_id: only a message from tool names a call", what));
        }
        return new Message(role, content, reasoning, calls, id, optional("name"), learned(role));
    }

    private void only(String field, boolean present) {
        if (present) {
            throw new RowProblem(
                    PublicText.of("%s.%s: only a message from assistant has it", what, PublicText.field(field)));
        }
    }

    private @Nullable String content(List<MessageToolCall> calls) {
        JsonNode content = message.get("content");
        if ((content == null || content.isNull()) && !calls.isEmpty()) {
            return null;
        }
        return content != null && content.isArray() ? parts(content) : text("content");
    }

    private String parts(JsonNode parts) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        for (JsonNode part : parts) {
            PublicText place = PublicText.of("%s.content[%d]", what, at++);
            String type = part.path("type").asText("text");
            if (part.isTextual()) {
                text.append(Fields.text(part, place));
            } else if (part.isObject() && type.equals("text") && part.has("text")) {
                text.append(Fields.text(part.get("text"), PublicText.of("%s.text", place)));
            } else {
                throw new RowProblem(PublicText.of(
                        "%s is %s, expected {\"type\": \"text\", \"text\"}; Septet learns from text only",
                        place,
                        PARTS.contains(type)
                                ? PublicText.of("of type '%s'", PublicText.field(type))
                                : part.isObject() ? PublicText.of("of another type") : Fields.type(part)));
            }
        }
        return text.toString();
    }

    private @Nullable String reasoning() {
        String reasoning = null;
        for (String name : REASONING) {
            String text = optional(name);
            if (text == null || text.isBlank()) {
                continue;
            }
            if (reasoning != null && !reasoning.equals(text)) {
                throw new RowProblem(PublicText.of("%s has two different reasonings, expected one", what));
            }
            reasoning = text;
        }
        return reasoning;
    }

    /** Whether the message carries loss. A message that is not from the assistant never does. */
    private boolean learned(ChatRole role) {
        boolean learned = true;
        JsonNode weight = message.get("weight");
        if (weight != null && !weight.isNull()) {
            learned = truth("weight", weight, "1", "0");
        }
        for (String name : TRAIN) {
            JsonNode train = message.get(name);
            if (train != null && !train.isNull()) {
                learned &= truth(name, train, "true", "false");
            }
        }
        return role != ChatRole.ASSISTANT || learned;
    }

    private boolean truth(String name, JsonNode value, String yes, String no) {
        String text = value.asText().strip().replaceFirst("\\.0+$", "");
        if (text.equals("1") || text.equals("true")) {
            return true;
        }
        if (text.equals("0") || text.equals("false")) {
            return false;
        }
        throw new RowProblem(PublicText.of(
                "%s.%s must be %s or %s; a message carries loss or not, and no part of it",
                what, PublicText.field(name), PublicText.said(yes), PublicText.said(no)));
    }

    private @Nullable String id(String name) {
        String id = optional(name);
        return id == null ? null : checkedId(id, PublicText.of("%s.%s", what, PublicText.field(name)));
    }

    static String checkedId(String id, PublicText what) {
        if (!id.matches(ID)) {
            throw new RowProblem(PublicText.of("%s must have 1 to 128 letters, digits or any of _ . : -", what));
        }
        return id;
    }

    private String text(String name) {
        JsonNode value = message.get(name);
        if (value == null) {
            throw new RowProblem(PublicText.of("%s has no \"%s\"", what, PublicText.field(name)));
        }
        return Fields.text(value, PublicText.of("%s.%s", what, PublicText.field(name)));
    }

    /** A text that may be absent, null or empty. */
    private @Nullable String optional(String name) {
        JsonNode value = message.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        String text = Fields.text(value, PublicText.of("%s.%s", what, PublicText.field(name)));
        return text.isEmpty() ? null : text;
    }
}
