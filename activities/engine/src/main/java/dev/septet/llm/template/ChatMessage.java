package dev.septet.llm.template;

import java.util.regex.Pattern;

/**
 * One message of a conversation.
 *
 * @param role system, user, assistant, or another role that the template supports
 * @param content text of the message
 */
public record ChatMessage(String role, String content) {
    public static final String ASSISTANT = "assistant";

    private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    public ChatMessage {
        // Templates write roles next to control tokens, so a role must be a plain word.
        if (!ROLE.matcher(role).matches()) {
            throw new IllegalArgumentException(
                    "a role is one word such as system, user or assistant, got \"" + role + "\"");
        }
    }

    public boolean isAssistant() {
        return role.equals(ASSISTANT);
    }
}
