package dev.septet.activities.deploy.publication;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.jinja.TemplateProblem;
import java.util.List;
import java.util.Optional;

/**
 * A chat template in Ollama's language. It is derived from rendered conversations with markers: the
 * text between the markers is the template's own. The result is compared with the original on
 * conversations of other shapes. A template that does more than put texts around messages is
 * refused.
 *
 * @param systems whether the template accepts a system message; the next two are empty when it does
 *     not
 * @param opening text before the first user message when there is no system message
 * @param beforeSystem text before a system message
 * @param afterSystem text between the system message and the text before a user message
 * @param beforeUser text before each user message
 * @param beforeAnswer text between a user message and its answer
 * @param afterAnswer text after each answer that is followed by another message
 */
record OllamaTemplate(
        boolean systems,
        String opening,
        String beforeSystem,
        String afterSystem,
        String beforeUser,
        String beforeAnswer,
        String afterAnswer) {
    private static final List<String> MARKS = List.of("XmarkoneX", "XmarktwoX", "XmarkthreeX");

    /**
     * @param bos text that the tokenizer adds before every text; the template must not repeat it
     * @throws StageProblem INVALID_PIPELINE when Ollama's language cannot express the template
     */
    static String of(ChatTemplate template, String bos) {
        OllamaTemplate found = find(template, bos);
        found.check(template, bos);
        return found.text();
    }

    private static OllamaTemplate find(ChatTemplate template, String bos) {
        String first = MARKS.get(0);
        String second = MARKS.get(1);
        String third = MARKS.get(2);
        String conversation = rendered(template, bos, List.of(user(first), answer(second), user(third)));
        Optional<String> system = withSystem(template, bos, first, second);
        String start = before(conversation, first);
        String between = between(conversation, second, third);
        String beforeUser = commonEnd(start, between);
        String afterSystem = system.isPresent() ? between(system.get(), first, second) : beforeUser;
        if (!afterSystem.endsWith(beforeUser)) {
            throw refusal();
        }
        return new OllamaTemplate(
                system.isPresent(),
                cut(start, beforeUser),
                system.isPresent() ? before(system.get(), first) : "",
                cut(afterSystem, beforeUser),
                beforeUser,
                between(conversation, first, second),
                cut(between, beforeUser));
    }

    /** Renders a conversation with a system message; empty when the template refuses one. */
    private static Optional<String> withSystem(ChatTemplate template, String bos, String system, String user) {
        try {
            return Optional.of(rendered(template, bos, List.of(system(system), user(user))));
        } catch (TemplateProblem refused) {
            return Optional.empty();
        }
    }

    /**
     * Verifies that the result renders the same text as the original for several shapes of
     * conversations.
     */
    private void check(ChatTemplate template, String bos) {
        List<List<ChatMessage>> conversations = List.of(
                List.of(user("One?")),
                List.of(system("Be brief."), user("One?")),
                List.of(user("One?"), answer("1"), user("Two?"), answer("2"), user("3?")),
                List.of(system("Be brief."), user("One?"), answer("1"), user("Two?")));
        for (List<ChatMessage> conversation : conversations) {
            boolean known = systems || !conversation.get(0).role().equals("system");
            if (known && !render(conversation).equals(rendered(template, bos, conversation))) {
                throw refusal();
            }
        }
    }

    private String render(List<ChatMessage> messages) {
        boolean system = messages.get(0).role().equals("system");
        StringBuilder text = new StringBuilder();
        text.append(system ? beforeSystem + messages.get(0).text() + afterSystem : opening);
        for (ChatMessage message : messages) {
            if (message.role().equals("user")) {
                text.append(beforeUser).append(message.text()).append(beforeAnswer);
            } else if (message.isAssistant()) {
                text.append(message.text()).append(afterAnswer);
            }
        }
        return text.toString();
    }

    private String text() {
        String start = systems
                ? "{{ if .System }}%s{{ .System }}%s{{ else }}%s{{ end }}"
                        .formatted(plain(beforeSystem), plain(afterSystem), plain(opening))
                : plain(opening);
        return start
                + "{{ range .Messages }}{{ if eq .Role \"user\" }}%s{{ .Content }}%s"
                        .formatted(plain(beforeUser), plain(beforeAnswer))
                + "{{ else if eq .Role \"assistant\" }}{{ .Content }}%s{{ end }}{{ end }}"
                        .formatted(plain(afterAnswer));
    }

    private static String rendered(ChatTemplate template, String bos, List<ChatMessage> messages) {
        String text = template.render(messages, true);
        return text.startsWith(bos) ? text.substring(bos.length()) : text;
    }

    private static String plain(String text) {
        if (text.contains("{{") || text.contains("}}")) {
            throw refusal();
        }
        return text;
    }

    private static String before(String text, String mark) {
        int at = text.indexOf(mark);
        if (at < 0) {
            throw refusal();
        }
        return text.substring(0, at);
    }

    private static String between(String text, String from, String to) {
        int start = text.indexOf(from) + from.length();
        int end = text.indexOf(to, start);
        if (start < from.length() || end < 0) {
            throw refusal();
        }
        return text.substring(start, end);
    }

    private static String commonEnd(String one, String other) {
        int length = 0;
        while (length < Math.min(one.length(), other.length())
                && one.charAt(one.length() - 1 - length) == other.charAt(other.length() - 1 - length)) {
            length++;
        }
        return one.substring(one.length() - length);
    }

    private static String cut(String text, String end) {
        return text.substring(0, text.length() - end.length());
    }

    private static ChatMessage user(String content) {
        return new ChatMessage("user", content);
    }

    private static ChatMessage answer(String content) {
        return new ChatMessage(ChatMessage.ASSISTANT, content);
    }

    private static ChatMessage system(String content) {
        return new ChatMessage("system", content);
    }

    private static StageProblem refusal() {
        return StageProblem.invalid("deploy: ollama: this model's chat template cannot be written in Ollama's template"
                + " language; leave the ollama target out, or serve the GGUF with llama.cpp,"
                + " which reads the template itself");
    }
}
