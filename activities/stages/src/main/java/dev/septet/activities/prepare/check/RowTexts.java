package dev.septet.activities.prepare.check;

import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.TextRow;
import java.util.stream.Collectors;

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
                    .map(Message::content)
                    .collect(Collectors.joining("\n"));
        }
        return row instanceof CompletionRow completion ? completion.prompt() : "";
    }

    private static String plain(Row row) {
        return row instanceof TextRow text ? text.text() : "";
    }

    /** Question and answer. */
    public String both() {
        return question.isEmpty() ? answer : question + "\n" + answer;
    }
}
