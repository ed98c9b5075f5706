package dev.septet.activities.prepare.check;

import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.dataset.record.JsonTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The texts of a row.
 *
 * @param question all messages before the answer without system messages, or the prompt; empty for plain text
 * @param answer the answer that the model learns, or the whole plain text
 * @param rejected the rejected answer of a preference pair; empty for other rows
 */
public record RowTexts(String question, String answer, String rejected) {
    /** The texts of a row of any format. */
    public static RowTexts of(Row row) {
        String rejected =
                row instanceof PreferenceRow pair ? pair.rejected().reference().orElse("") : "";
        Row answered = row.answered();
        return new RowTexts(question(answered), answered.reference().orElseGet(() -> plain(answered)), rejected);
    }

    private static String question(Row row) {
        if (row instanceof ChatRow chat) {
            return chat.prompt().stream()
                    .filter(message -> message.role() != ChatRole.SYSTEM)
                    .map(Message::text)
                    .collect(Collectors.joining("\n"));
        }
        return row instanceof CompletionRow completion ? completion.prompt() : "";
    }

    /**
     * All texts of a row, by their kind: the messages with their tool calls, or question and answer; then the rejected
     * answer, system messages and names of authors, reasoning, and schemas of tools. They are apart because a long text that
     * many rows share, such as a schema, must not hide a short text that differs.
     */
    public static List<String> all(Row row) {
        RowTexts texts = of(row);
        if (!(row.answered() instanceof ChatRow chat)) {
            return List.of(texts.both(), texts.rejected, "", "", "");
        }
        List<String> said = new ArrayList<>();
        List<String> context = new ArrayList<>();
        List<String> reasoning = new ArrayList<>();
        for (Message message : chat.messages()) {
            (message.role() == ChatRole.SYSTEM ? context : said).add(message.answer());
            add(context, message.name());
            add(reasoning, message.reasoning());
        }
        if (row instanceof PreferenceRow pair && pair.rejected() instanceof ChatRow rejected) {
            add(reasoning, rejected.answer().reasoning());
        }
        return List.of(
                String.join("\n", said),
                texts.rejected,
                String.join("\n", context),
                String.join("\n", reasoning),
                chat.tools().stream().map(JsonTexts::canonical).collect(Collectors.joining("\n")));
    }

    private static void add(List<String> texts, @Nullable String text) {
        if (text != null) {
            texts.add(text);
        }
    }

    private static String plain(Row row) {
        return row instanceof TextRow text ? text.text() : "";
    }

    /** Question and answer. */
    public String both() {
        return question.isEmpty() ? answer : question + "\n" + answer;
    }
}
