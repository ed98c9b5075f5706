package dev.septet.activities.train.hosted;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.MessageToolCall;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.record.JsonTexts;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The rows of a prepared split in the format of OpenAI's fine-tuning files: {@code {"messages": [...]}}, or for pairs
 * {@code {"input": {"messages": [...]}, "preferred_output": [...], "non_preferred_output": [...]}}. Other fields of a
 * row, such as the file that it comes from, stay here.
 *
 * @param file of the split, such as {@code train.jsonl}
 * @param pairs whether the objective learns pairs of answers
 */
record TrainingRows(Path file, boolean pairs) {
    /** Whether the split has rows. */
    boolean any() throws IOException {
        return Files.exists(file) && Files.size(file) > 0;
    }

    /**
     * Writes all rows, one on each line.
     *
     * @return SHA-256 of the file
     * @throws StageProblem INVALID_PIPELINE for rows that the service cannot learn
     */
    String writeTo(Path target) throws IOException {
        MessageDigest digest = Sha256.start();
        try (PreparedRows rows = PreparedRows.open(file);
                OutputStream out = new DigestOutputStream(Files.newOutputStream(target), digest);
                JsonGenerator json = SpecJson.mapper().getFactory().createGenerator(out, JsonEncoding.UTF8)) {
            json.setRootValueSeparator(null);
            for (var row = rows.next(); row.isPresent(); row = rows.next()) {
                write(row.get(), json);
                json.writeRaw('\n');
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private void write(Row row, JsonGenerator json) throws IOException {
        json.writeStartObject();
        if (row instanceof PreferenceRow pair) {
            require(pairs, "pairs of answers, but `objective supervised` learns one answer; write `objective dpo()`");
            json.writeObjectFieldStart("input");
            List<Message> question = new ArrayList<>(messages(pair.chosen()));
            question.remove(question.size() - 1);
            write("messages", question, json);
            writeTools(pair.chosen(), json);
            json.writeEndObject();
            write("preferred_output", List.of(answer(pair.chosen())), json);
            write("non_preferred_output", List.of(answer(pair.rejected())), json);
        } else {
            require(!pairs, "one answer, but `objective dpo` learns pairs of answers");
            write("messages", messages(row), json);
            writeTools(row, json);
        }
        json.writeEndObject();
    }

    private static void writeTools(Row row, JsonGenerator json) throws IOException {
        if (!(row instanceof ChatRow chat) || chat.tools().isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("tools");
        for (JsonNode tool : chat.tools()) {
            if (tool.path("function").isObject()) {
                JsonTexts.write(json, tool);
            } else {
                // The service knows a schema only as the function of a tool.
                json.writeStartObject();
                json.writeStringField("type", "function");
                json.writeFieldName("function");
                JsonTexts.write(json, tool);
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    private static Message answer(Row row) {
        if (row instanceof ChatRow chat) {
            return chat.answer();
        }
        return new Message(ChatRole.ASSISTANT, row.reference().orElseThrow());
    }

    private static List<Message> messages(Row row) {
        if (row instanceof ChatRow chat) {
            return chat.messages();
        } else if (row instanceof CompletionRow completion) {
            return List.of(
                    new Message(ChatRole.USER, completion.prompt()),
                    new Message(ChatRole.ASSISTANT, completion.completion()));
        }
        require(false, "plain text, but the service learns answers; use rows with messages, or train without `by`");
        throw new AssertionError(row);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw StageProblem.invalid("train: by openai(...): the dataset's rows have " + what);
        }
    }

    private static void write(String name, List<Message> messages, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart(name);
        for (Message message : messages) {
            write(message, json);
        }
        json.writeEndArray();
    }

    /** What the service does not know is refused before the upload: it would be dropped or fail hours later. */
    private static void write(Message message, JsonGenerator json) throws IOException {
        require(
                message.reasoning() == null,
                "`reasoning_content`, which the service does not learn; remove it, or train without `by`");
        boolean result = message.role() == ChatRole.TOOL;
        require(
                !result || message.toolCallId() != null,
                "a result of a tool without `tool_call_id`, which the service requires");
        require(
                message.toolCalls().stream().allMatch(call -> call.id() != null),
                "a tool call without `id`, which the service requires");
        json.writeStartObject();
        json.writeStringField("role", message.role().word());
        if (message.content() != null || message.toolCalls().isEmpty()) {
            json.writeStringField("content", message.text());
        }
        if (!message.toolCalls().isEmpty()) {
            json.writeArrayFieldStart("tool_calls");
            for (MessageToolCall call : message.toolCalls()) {
                ObjectNode written = call.json();
                // In this API, arguments are the text of an object.
                String arguments = call.arguments().isTextual()
                        ? call.arguments().textValue()
                        : call.arguments().toString();
                ((ObjectNode) written.get("function")).put("arguments", arguments);
                JsonTexts.write(json, written);
            }
            json.writeEndArray();
        }
        if (message.toolCallId() != null) {
            json.writeStringField("tool_call_id", message.toolCallId());
        }
        if (message.name() != null && !result) {
            json.writeStringField("name", message.name());
        }
        if (message.role() == ChatRole.ASSISTANT && !message.learned()) {
            json.writeNumberField("weight", 0);
        }
        json.writeEndObject();
    }
}
