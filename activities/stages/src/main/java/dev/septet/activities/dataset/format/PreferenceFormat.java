package dev.septet.activities.dataset.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.record.Fields;
import dev.septet.dsl.text.PublicText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code {"prompt", "chosen", "rejected"}}. The prompt is a text or a list of messages. Each
 * answer is a text, or a list with one message from the assistant. Without a prompt, both answers
 * are whole conversations that must be identical up to their last message. With {@code
 * conversations} for the prompt, messages are those of {@link ShareGptFormat}.
 */
final class PreferenceFormat implements RowFormat {
    private final ShareGptFormat shareGpt;

    PreferenceFormat(ShareGptFormat shareGpt) {
        this.shareGpt = shareGpt;
    }

    @Override
    public Row row(ObjectNode record, RowPlace place) {
        JsonNode prompt = record.get("prompt");
        PreferenceRow row = record.has("conversations")
                ? shareGpt(record, place)
                : prompt != null && prompt.isTextual()
                        ? PreferenceRow.of(
                                Fields.text(record, "prompt"),
                                Fields.text(record, "chosen"),
                                Fields.text(record, "rejected"),
                                place)
                        : chat(record, prompt, place);
        if (row.chosen().reference().equals(row.rejected().reference())) {
            throw new RowProblem(PublicText.of("\"chosen\" and \"rejected\" are the same: nothing is preferred"));
        }
        return row;
    }

    private PreferenceRow shareGpt(ObjectNode record, RowPlace place) {
        return PreferenceRow.of(
                shareGpt.messages(record),
                ToolFields.tools(record),
                shareGptAnswer(record, "chosen"),
                shareGptAnswer(record, "rejected"),
                place);
    }

    private Message shareGptAnswer(ObjectNode record, String side) {
        JsonNode answer = record.path(side);
        if (!answer.isObject()) {
            return answer(record, side);
        }
        Message message = shareGpt.message(answer, PublicText.field(side));
        if (message.role() != ChatRole.ASSISTANT) {
            throw new RowProblem(PublicText.of("\"%s\" is not from the assistant", PublicText.field(side)));
        }
        return message;
    }

    private static PreferenceRow chat(ObjectNode record, @Nullable JsonNode prompt, RowPlace place) {
        if (prompt == null || prompt.isNull()) {
            return conversations(record, place);
        }
        if (!prompt.isArray()) {
            throw new RowProblem(
                    PublicText.of("\"prompt\" is %s, expected text or a list of messages", Fields.type(prompt)));
        }
        return PreferenceRow.of(
                ChatFormat.messages(prompt, PublicText.of("prompt")),
                ToolFields.tools(record),
                answer(record, "chosen"),
                answer(record, "rejected"),
                place);
    }

    private static Message answer(ObjectNode record, String side) {
        JsonNode answer = record.get(side);
        if (answer == null || !answer.isArray()) {
            return new Message(ChatRole.ASSISTANT, Fields.text(record, side));
        }
        List<Message> messages = ChatFormat.messages(answer, PublicText.field(side));
        if (messages.size() != 1 || messages.get(0).role() != ChatRole.ASSISTANT) {
            throw new RowProblem(PublicText.of(
                    "\"%s\" has %d messages, expected one from assistant", PublicText.field(side), messages.size()));
        }
        return messages.get(0);
    }

    private static PreferenceRow conversations(ObjectNode record, RowPlace place) {
        List<Message> chosen = conversation(record, "chosen");
        List<Message> rejected = conversation(record, "rejected");
        List<Message> prompt = chosen.subList(0, chosen.size() - 1);
        if (!prompt.equals(rejected.subList(0, rejected.size() - 1))) {
            throw new RowProblem(PublicText.of("\"chosen\" and \"rejected\" differ before their last message, so they"
                    + " do not answer the same"));
        }
        return PreferenceRow.of(prompt, ToolFields.tools(record), last(chosen), last(rejected), place);
    }

    private static List<Message> conversation(ObjectNode record, String side) {
        JsonNode messages = record.get(side);
        if (messages == null || !messages.isArray() || messages.size() < 2) {
            throw new RowProblem(PublicText.of(
                    "\"prompt\" is missing: then \"%s\" must be a list of messages that" + " ends with an answer",
                    PublicText.field(side)));
        }
        List<Message> read = ChatFormat.messages(messages, PublicText.field(side));
        if (read.get(read.size() - 1).role() != ChatRole.ASSISTANT) {
            throw new RowProblem(
                    PublicText.of("the last message of \"%s\" is not from assistant", PublicText.field(side)));
        }
        return read;
    }

    private static Message last(List<Message> messages) {
        return messages.get(messages.size() - 1);
    }
}
