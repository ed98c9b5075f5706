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
import java.util.List;

/**
 * Reads {@code {"text", "label"}} as a chat: the user writes the text, and the assistant answers the
 * label. A pipeline writes an instruction before the text with {@code map}.
 */
final class ClassificationFormat implements RowFormat {
    @Override
    public Row row(ObjectNode record, RowPlace place) {
        String text = Fields.text(record, "text");
        if (text.isBlank()) {
            throw new RowProblem(PublicText.of("\"text\" is empty"));
        }
        return new ChatRow(
                List.of(new Message(ChatRole.USER, text), new Message(ChatRole.ASSISTANT, label(record))), place);
    }

    private static String label(ObjectNode record) {
        JsonNode label = record.path("label");
        String word = label.isIntegralNumber() || label.isBoolean() ? label.asText() : Fields.text(record, "label");
        if (word.isBlank()) {
            throw new RowProblem(PublicText.of("\"label\" is empty"));
        }
        return word;
    }
}
