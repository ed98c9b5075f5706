package dev.septet.activities.prepare.augment;

import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.TextEdit;
import dev.septet.activities.dataset.TextRow;
import dev.septet.dsl.pipeline.prepare.CleaningSpec.RowText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The names of a row's texts, as a {@link TextEdit} sees them: those that its user wrote, and those that the model learns.
 * System messages, results of tools, reasoning and calls of tools are neither.
 *
 * @param questions what the user wrote, in the order of the row
 * @param answers the learned answers, or the whole plain text
 */
public record RowTextFields(List<String> questions, List<String> answers) {
    public RowTextFields {
        questions = List.copyOf(questions);
        answers = List.copyOf(answers);
    }

    /** The texts of a row of any format. */
    public static RowTextFields of(Row row) {
        if (row instanceof TextRow) {
            return new RowTextFields(List.of(), List.of("text"));
        } else if (row instanceof CompletionRow) {
            return new RowTextFields(List.of("prompt"), List.of("completion"));
        } else if (row instanceof PreferenceRow pair) {
            return pair.chosen() instanceof ChatRow chat
                    ? new RowTextFields(
                            users(chat.prompt(), "prompt"),
                            List.of("chosen", "chosen.content", "rejected", "rejected.content"))
                    : new RowTextFields(List.of("prompt"), List.of("chosen", "rejected"));
        }
        List<Message> messages = ((ChatRow) row).messages();
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).isLearned() && messages.get(i).content() != null) {
                answers.add(String.format(Locale.ROOT, "messages[%d].content", i));
            }
        }
        return new RowTextFields(users(messages, "messages"), answers);
    }

    private static List<String> users(List<Message> messages, String list) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).role() == ChatRole.USER) {
                fields.add(String.format(Locale.ROOT, "%s[%d].content", list, i));
            }
        }
        return fields;
    }

    /** The declared part of the texts. */
    public Set<String> of(RowText part) {
        Set<String> fields = new LinkedHashSet<>();
        if (part != RowText.ANSWER) {
            fields.addAll(questions);
        }
        if (part != RowText.PROMPT) {
            fields.addAll(answers);
        }
        return fields;
    }
}
