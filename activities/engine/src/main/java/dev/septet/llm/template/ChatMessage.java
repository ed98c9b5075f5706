package dev.septet.llm.template;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation.
 *
 * @param role system, user, assistant, tool, or another role that the template supports
 * @param content text of the message; null if it has none, as beside tool calls
 * @param fields the message's other fields for the template, such as {@code tool_calls}, {@code
 *     tool_call_id}, {@code name} or {@code reasoning_content}: plain JSON data, see {@link
 *     PlainData}. A field with null counts as missing
 */
public record ChatMessage(String role, @Nullable String content, Map<String, Object> fields) {
    public static final String ASSISTANT = "assistant";
    public static final String TOOL_CALLS = "tool_calls";

    private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** The names of the reasoning before an answer, in the order in which transformers prefers them. */
    private static final List<String> REASONING = List.of("reasoning_content", "thinking", "reasoning");

    public ChatMessage {
        // Templates write roles next to control tokens, so a role must be a plain word.
        if (!ROLE.matcher(role).matches()) {
            throw new IllegalArgumentException(
                    "a role is one word such as system, user or assistant, got \"" + role + "\"");
        }
        if (fields.containsKey("role") || fields.containsKey("content")) {
            throw new IllegalArgumentException("role and content are no other fields of a message");
        }
        Map<String, Object> kept = new LinkedHashMap<>();
        PlainData.object(fields).forEach((name, value) -> {
            if (value != null) {
                kept.put(name, value);
            }
        });
        fields = Collections.unmodifiableMap(kept);
    }

    public ChatMessage(String role, String content) {
        this(role, content, Map.of());
    }

    public boolean isAssistant() {
        return role.equals(ASSISTANT);
    }

    /** The content; empty text if the message has none. */
    public String text() {
        return content == null ? "" : content;
    }

    /** The tool calls, as they are; empty if there are none. */
    public List<?> toolCalls() {
        return fields.get(TOOL_CALLS) instanceof List<?> calls ? calls : List.of();
    }

    /**
     * The message as {@code apply_chat_template} of transformers hands it to a template: no field
     * is null, and reasoning has two names.
     *
     * @param none whether a missing content is none, as in older releases of transformers
     */
    Map<String, @Nullable Object> forTemplate(boolean none) {
        Map<String, @Nullable Object> turn = new LinkedHashMap<>();
        turn.put("role", role);
        if (content != null || none) {
            turn.put("content", content);
        }
        turn.putAll(fields);
        for (String name : REASONING) {
            Object reasoning = fields.get(name);
            if (reasoning != null) {
                turn.putIfAbsent("thinking", reasoning);
                turn.put("reasoning_content", reasoning);
                break;
            }
        }
        return turn;
    }
}
