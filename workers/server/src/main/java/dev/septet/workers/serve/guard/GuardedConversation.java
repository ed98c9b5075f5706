package dev.septet.workers.serve.guard;

import dev.septet.activities.evaluate.safety.GuardedExchange;
import dev.septet.llm.template.ChatMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a guard reads of a conversation. Each message may be the client's own invention, those of the assistant too.
 *
 * @param earlier turns up to the last answer, as {@link GuardedExchange#earlier} has them
 * @param given what is neither the user's text nor an answer: system messages of the whole conversation, which a model follows in
 *     each turn, and results of tools since the last answer to the user, which others may have written
 * @param prompt what the user wrote since the last answer, which may be several messages; without any text of a user, all
 *     texts of the conversation
 * @param begun the beginning of an answer that the client sent behind its prompt; often empty
 */
record GuardedConversation(List<String> earlier, String given, String prompt, String begun) {
    private static final String BREAK = "\n\n";
    private static final String TOOL = "tool";
    private static final String REASONING = "reasoning_content";

    static GuardedConversation of(List<ChatMessage> messages) {
        int lastOfUser = messages.size() - 1;
        while (lastOfUser >= 0 && !isOfUser(messages.get(lastOfUser))) {
            lastOfUser--;
        }
        if (lastOfUser < 0) {
            return new GuardedConversation(
                    List.of(),
                    "",
                    joined(messages.stream().map(GuardedConversation::whole).toList()),
                    "");
        }
        int first = lastOfUser;
        while (first > 0 && !isAnswer(messages.get(first - 1))) {
            first--;
        }
        return new GuardedConversation(
                turns(messages.subList(0, first)),
                given(messages, first),
                joined(messages.subList(first, lastOfUser + 1).stream()
                        .filter(GuardedConversation::isOfUser)
                        .map(ChatMessage::text)
                        .toList()),
                joined(messages.subList(lastOfUser + 1, messages.size()).stream()
                        .filter(ChatMessage::isAssistant)
                        .map(ChatMessage::text)
                        .toList()));
    }

    private static String given(List<ChatMessage> messages, int first) {
        List<String> texts = new ArrayList<>();
        for (int at = 0; at < messages.size(); at++) {
            ChatMessage message = messages.get(at);
            boolean tool = message.role().equals(TOOL);
            if (tool ? at >= first : !message.isAssistant() && !message.role().equals("user")) {
                texts.add(message.text());
            }
        }
        return joined(texts);
    }

    /** All that the model reads and that the client sent, without an answer of the model. */
    GuardedExchange asked() {
        return new GuardedExchange(joined(List.of(given, prompt, begun)), null, earlier);
    }

    /** The prompt with its answer, behind the beginning that the client sent. */
    GuardedExchange answered(String answer) {
        return new GuardedExchange(prompt, begun.isEmpty() ? answer : begun + "\n" + answer, earlier);
    }

    /** Users and answers in turn; the last is an answer. What stands before the first text of a user counts as one. */
    private static List<String> turns(List<ChatMessage> messages) {
        List<List<String>> turns = new ArrayList<>();
        for (ChatMessage message : messages) {
            boolean answer = isAnswer(message);
            if (answer || isOfUser(message) || message.role().equals(TOOL)) {
                boolean answersNow = turns.size() % 2 == 0 && !turns.isEmpty();
                if (turns.isEmpty() || answer != answersNow) {
                    turns.add(new ArrayList<>());
                }
                turns.get(turns.size() - 1).add(whole(message));
            }
        }
        List<String> texts =
                new ArrayList<>(turns.stream().map(GuardedConversation::joined).toList());
        if (texts.size() % 2 != 0) {
            texts.add(""); // only answers, whose first ones count as the user's
        }
        return texts;
    }

    private static boolean isOfUser(ChatMessage message) {
        return message.role().equals("user") && !message.text().isBlank();
    }

    /** An empty message between two texts of a user separates nothing. */
    private static boolean isAnswer(ChatMessage message) {
        return message.isAssistant() && !whole(message).isBlank();
    }

    /** A message with its reasoning and its calls. */
    private static String whole(ChatMessage message) {
        List<String> texts = new ArrayList<>();
        if (message.fields().get(REASONING) instanceof String reasoning) {
            texts.add(reasoning);
        }
        texts.add(message.text());
        message.toolCalls().forEach(call -> texts.add(String.valueOf(call)));
        return joined(texts);
    }

    private static String joined(List<String> texts) {
        return texts.stream().filter(text -> !text.isBlank()).collect(Collectors.joining(BREAK));
    }
}
