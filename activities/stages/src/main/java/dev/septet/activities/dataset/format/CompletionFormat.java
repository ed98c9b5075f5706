package dev.septet.activities.dataset.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.record.Fields;
import dev.septet.dsl.text.PublicText;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code {"prompt", "completion"}}. Two texts are a completion. Two lists of messages are a
 * chat, in which only answers of the completion are learned, as in TRL.
 */
class CompletionFormat implements RowFormat {
    @Override
    public Row row(ObjectNode record, RowPlace place) {
        JsonNode prompt = record.path("prompt");
        JsonNode completion = record.path("completion");
        if (!prompt.isArray() && !completion.isArray()) {
            return new CompletionRow(Fields.text(record, "prompt"), Fields.text(record, "completion"), place);
        }
        if (!prompt.isArray() || !completion.isArray()) {
            throw new RowProblem(
                    PublicText.of("\"prompt\" and \"completion\" must be two texts or two lists of messages"));
        }
        List<Message> messages = new ArrayList<>();
        for (Message message : ChatFormat.messages(prompt, PublicText.of("prompt"))) {
            messages.add(message.asContext());
        }
        messages.addAll(ChatFormat.messages(completion, PublicText.of("completion")));
        return new ChatRow(messages, ToolFields.tools(record), place);
    }
}
