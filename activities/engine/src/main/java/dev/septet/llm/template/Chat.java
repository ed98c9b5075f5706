package dev.septet.llm.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A conversation, and the tools that the assistant may call in it.
 *
 * @param tools a JSON schema for each tool, as the template sees it: plain JSON data, see {@link
 *     PlainData}. Empty if there are no tools
 */
public record Chat(List<ChatMessage> messages, List<Map<String, Object>> tools) {
    public Chat {
        messages = List.copyOf(messages);
        List<Map<String, Object>> copies = new ArrayList<>(tools.size());
        tools.forEach(tool -> copies.add(PlainData.object(tool)));
        tools = List.copyOf(copies);
    }

    /** A conversation without tools. */
    public static Chat of(List<ChatMessage> messages) {
        return new Chat(messages, List.of());
    }

    /** The first messages of this conversation, with its tools. */
    Chat first(int count) {
        return new Chat(messages.subList(0, count), tools);
    }

    /** Whether it has more than roles and contents. */
    public boolean structured() {
        return !tools.isEmpty()
                || messages.stream()
                        .anyMatch(message ->
                                message.content() == null || !message.fields().isEmpty());
    }

    /**
     * This conversation with other texts: contents, every text in other fields, and every text in
     * tools. Names of properties are texts too.
     *
     * @param content changes a message's content
     * @param field changes a text that is not a content
     */
    Chat mapped(UnaryOperator<String> content, UnaryOperator<String> field) {
        List<ChatMessage> changed = new ArrayList<>(messages.size());
        for (ChatMessage message : messages) {
            String text = message.content();
            changed.add(new ChatMessage(
                    message.role(),
                    text == null ? null : content.apply(text),
                    PlainData.mapped(message.fields(), field)));
        }
        return new Chat(
                changed,
                tools.stream().map(tool -> PlainData.mapped(tool, field)).toList());
    }

    /** The same conversation with "-" for every text: its roles, tools and calls. */
    public Chat withoutTexts() {
        return mapped(text -> "-", text -> "-");
    }

    /** The same conversation with one text for the result of every tool. */
    Chat withResults(String text) {
        return new Chat(
                messages.stream()
                        .map(message -> message.role().equals("tool")
                                ? new ChatMessage(message.role(), text, message.fields())
                                : message)
                        .toList(),
                tools);
    }

    /** Every text of the conversation: contents, and all texts of other fields and of tools. */
    List<String> texts() {
        List<String> texts = new ArrayList<>();
        UnaryOperator<String> collect = text -> {
            texts.add(text);
            return text;
        };
        for (ChatMessage message : messages) {
            @Nullable String content = message.content();
            if (content != null) {
                texts.add(content);
            }
            PlainData.mapped(message.fields(), collect);
        }
        tools.forEach(tool -> PlainData.mapped(tool, collect));
        return texts;
    }
}
