package dev.septet.activities.audit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The question of a request: a conversation, or one bare prompt.
 *
 * @param prompt null for a conversation, and when texts are not kept
 * @param messages null for a prompt, and when texts are not kept
 * @param length characters (code points) of the last user message, kept even when texts are not
 * @param tools the tools that the model might call; null for none
 */
public record AuditedQuestion(
        @Nullable String prompt,
        @Nullable List<AuditedTurn> messages,
        int length,
        @Nullable AuditedTools tools) {
    public AuditedQuestion {
        messages = messages == null ? null : List.copyOf(messages);
    }

    /** A bare prompt. */
    public static AuditedQuestion of(String prompt) {
        return new AuditedQuestion(prompt, null, characters(prompt), null);
    }

    /** A conversation, oldest message first. */
    public static AuditedQuestion of(List<AuditedTurn> messages) {
        return of(messages, null);
    }

    /** A conversation with tools. */
    public static AuditedQuestion of(List<AuditedTurn> messages, @Nullable AuditedTools tools) {
        return new AuditedQuestion(null, messages, characters(lastOfUser(messages)), tools);
    }

    /** The last user message, which training data calls the prompt; null when it is not kept. */
    public @Nullable String lastOfUser() {
        return messages == null ? prompt : lastOfUser(messages);
    }

    private static @Nullable String lastOfUser(List<AuditedTurn> messages) {
        for (int at = messages.size() - 1; at >= 0; at--) {
            if (messages.get(at).role().equals("user")) {
                return messages.get(at).content();
            }
        }
        return null;
    }

    static int characters(@Nullable String text) {
        return text == null ? 0 : text.codePointCount(0, text.length());
    }
}
