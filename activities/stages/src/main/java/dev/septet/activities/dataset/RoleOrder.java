package dev.septet.activities.dataset;

import dev.septet.dsl.text.PublicText;
import java.util.List;

/** Checks the order of roles in a conversation. */
final class RoleOrder {
    private RoleOrder() {}

    static void check(List<Message> messages) {
        int first = !messages.isEmpty() && messages.get(0).role() == ChatRole.SYSTEM ? 1 : 0;
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            if (i >= first) {
                ChatRole expected = (i - first) % 2 == 0 ? ChatRole.USER : ChatRole.ASSISTANT;
                if (message.role() != expected) {
                    throw new RowProblem(PublicText.of(
                            "messages[%d] is from %s, expected %s: after an optional system"
                                    + " message user and assistant take turns",
                            i, message.role().shown(), expected.shown()));
                }
            }
            if (message.content().isBlank()) {
                throw new RowProblem(PublicText.of(
                        "messages[%d] from %s is empty", i, message.role().shown()));
            }
        }
        if (messages.size() < first + 2) {
            throw new RowProblem(PublicText.of("messages needs at least a user message and an answer"));
        }
        if (messages.get(messages.size() - 1).role() != ChatRole.ASSISTANT) {
            throw new RowProblem(PublicText.of("the last message is not from assistant: there is no answer"));
        }
    }
}
