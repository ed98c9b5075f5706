package dev.septet.llm.template;

import java.util.regex.Pattern;

/**
 * One turn of a conversation.
 *
 * @param role who speaks: system, user, assistant, or another word that the template knows
 * @param content what they say
 */
public record ChatMessage(String role, String content) {
    public static final String ASSISTANT = "assistant";

    private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    public ChatMessage {
        // Templates write roles beside control tokens, so a role must be a plain word.
        if (!ROLE.matcher(role).matches()) {
            throw new IllegalArgumentException(
                    "a role is one word such as system, user or assistant, got \"" + role + "\"");
        }
    }

    public boolean isAssistant() {
        return role.equals(ASSISTANT);
    }
}
