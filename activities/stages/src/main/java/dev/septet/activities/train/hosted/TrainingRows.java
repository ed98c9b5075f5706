package dev.septet.activities.train.hosted;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
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
            json.writeEndObject();
            write("preferred_output", List.of(answer(pair.chosen())), json);
            write("non_preferred_output", List.of(answer(pair.rejected())), json);
        } else {
            require(!pairs, "one answer, but `objective dpo` learns pairs of answers");
            write("messages", messages(row), json);
        }
        json.writeEndObject();
    }

    private static Message answer(Row row) {
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
            json.writeStartObject();
            json.writeStringField("role", message.role().word());
            json.writeStringField("content", message.content());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
