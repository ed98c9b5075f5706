package dev.septet.activities.dataset;

import dev.septet.dsl.text.PublicText;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks the order of roles in a conversation. */
final class RoleOrder {
    private RoleOrder() {}

    static void check(List<Message> messages) {
        int first = 0;
        while (first < Math.min(2, messages.size())
                && messages.get(first).role().instructs()) {
            first++;
        }
        if (first == 2 && messages.get(0).role() == messages.get(1).role()) {
            first = 1;
        }
        Set<String> calls = new HashSet<>();
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            if (i >= first) {
                follows(messages, i, first);
            }
            if (message.text().isBlank() && message.toolCalls().isEmpty() && message.role() != ChatRole.TOOL) {
                throw new RowProblem(PublicText.of(
                        "messages[%d] from %s is empty", i, message.role().shown()));
            }
            calls(message, i, calls);
        }
        if (messages.size() < first + 2) {
            throw new RowProblem(PublicText.of("messages needs at least a user message and an answer"));
        }
        if (messages.get(messages.size() - 1).role() != ChatRole.ASSISTANT) {
            throw new RowProblem(PublicText.of("the last message is not from assistant: there is no answer"));
        }
        if (messages.stream().noneMatch(Message::isLearned)) {
            throw new RowProblem(PublicText.of("every message from assistant has weight 0: there is no answer"));
        }
    }

    /** User and assistant take turns. Results follow the calls, and anyone may follow the results. */
    private static void follows(List<Message> messages, int at, int first) {
        ChatRole role = messages.get(at).role();
        Message before = at == first ? null : messages.get(at - 1);
        boolean called = before != null && !before.toolCalls().isEmpty();
        boolean result = before != null && before.role() == ChatRole.TOOL;
        boolean fits = switch (role) {
            case USER -> before == null || before.role() == ChatRole.ASSISTANT || result;
            case ASSISTANT -> result || (before != null && before.role() == ChatRole.USER);
            case TOOL -> called || result;
            default -> false;
        };
        if (fits) {
            return;
        }
        if (role == ChatRole.TOOL) {
            throw new RowProblem(PublicText.of(
                    "messages[%d] is from tool, but no message from assistant before it calls a tool", at));
        }
        ChatRole expected = before != null && before.role() != ChatRole.ASSISTANT ? ChatRole.ASSISTANT : ChatRole.USER;
        throw new RowProblem(PublicText.of(
                "messages[%d] is from %s, expected %s: after an optional system"
                        + " message user and assistant take turns",
                at, role.shown(), expected.shown()));
    }

    /** A result names a call before it, if it names one. */
    private static void calls(Message message, int at, Set<String> calls) {
        for (MessageToolCall call : message.toolCalls()) {
            if (call.id() != null) {
                calls.add(call.id());
            }
        }
        if (message.toolCallId() != null && !calls.isEmpty() && !calls.contains(message.toolCallId())) {
            throw new RowProblem(PublicText.of("messages[%d].tool_call_id is the id of no call before it", at));
        }
    }
}
