package dev.septet.activities.dataset.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.record.Fields;
import dev.septet.dsl.text.PublicText;
import java.util.ArrayList;
import java.util.List;

/**
 * Converts {@code {"instruction", "input", "output", "system"?, "history"?}} to a chat. So the
 * model's own chat template, not a second template, determines where the answer starts.
 */
final class AlpacaFormat implements RowFormat {
    @Override
    public Row row(ObjectNode record, RowPlace place) {
        List<Message> messages = new ArrayList<>();
        Fields.optionalText(record, "system")
                .filter(system -> !system.isBlank())
                .ifPresent(system -> messages.add(new Message(ChatRole.SYSTEM, system)));
        history(record, messages);
        String instruction = Fields.text(record, "instruction");
        if (instruction.isBlank()) {
            throw new RowProblem(PublicText.of("\"instruction\" is empty"));
        }
        String input = Fields.optionalText(record, "input").orElse("");
        String question = input.isBlank() ? instruction : instruction + "\n\n" + input;
        String output = Fields.text(record, "output");
        if (output.isBlank()) {
            throw new RowProblem(PublicText.of("\"output\" is empty"));
        }
        messages.add(new Message(ChatRole.USER, question));
        messages.add(new Message(ChatRole.ASSISTANT, output));
        return new ChatRow(messages, place);
    }

    private static void history(ObjectNode record, List<Message> messages) {
        JsonNode history = record.get("history");
        if (history == null || history.isNull()) {
            return;
        }
        if (!history.isArray()) {
            throw new RowProblem(PublicText.of("\"history\" is %s, expected a list of pairs", Fields.type(history)));
        }
        int turn = 0;
        for (JsonNode pair : history) {
            PublicText what = PublicText.of("history[%d]", turn++);
            if (!pair.isArray() || pair.size() != 2) {
                throw new RowProblem(PublicText.of("%s is no pair of question and answer", what));
            }
            messages.add(new Message(ChatRole.USER, Fields.text(pair.get(0), PublicText.of("%s[0]", what))));
            messages.add(new Message(ChatRole.ASSISTANT, Fields.text(pair.get(1), PublicText.of("%s[1]", what))));
        }
    }
}
