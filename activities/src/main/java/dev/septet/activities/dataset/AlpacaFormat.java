package dev.septet.activities.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code {"instruction", "input", "output", "system"?, "history"?}}, told as a chat: the model's
 * own template, not a second one, says where the answer starts.
 */
final class AlpacaFormat implements RowFormat {
    @Override
    public Row row(ObjectNode record, Place place) {
        List<Message> messages = new ArrayList<>();
        Fields.optionalText(record, "system")
                .filter(system -> !system.isBlank())
                .ifPresent(system -> messages.add(new Message(Role.SYSTEM, system)));
        history(record, messages);
        String instruction = Fields.text(record, "instruction");
        if (instruction.isBlank()) {
            throw new RowProblem("\"instruction\" is empty");
        }
        String input = Fields.optionalText(record, "input").orElse("");
        String question = input.isBlank() ? instruction : instruction + "\n\n" + input;
        String output = Fields.text(record, "output");
        if (output.isBlank()) {
            throw new RowProblem("\"output\" is empty");
        }
        messages.add(new Message(Role.USER, question));
        messages.add(new Message(Role.ASSISTANT, output));
        return new ChatRow(messages, place);
    }

    private static void history(ObjectNode record, List<Message> messages) {
        JsonNode history = record.get("history");
        if (history == null || history.isNull()) {
            return;
        }
        if (!history.isArray()) {
            throw new RowProblem(
                    "\"history\" is " + Fields.type(history) + ", expected a list of pairs");
        }
        int turn = 0;
        for (JsonNode pair : history) {
            String what = "history[" + turn++ + "]";
            if (!pair.isArray() || pair.size() != 2) {
                throw new RowProblem(what + " is no pair of question and answer");
            }
            messages.add(new Message(Role.USER, Fields.text(pair.get(0), what + "[0]")));
            messages.add(new Message(Role.ASSISTANT, Fields.text(pair.get(1), what + "[1]")));
        }
    }
}
