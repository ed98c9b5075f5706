package dev.septet.activities.train.bedrock;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.endpoint.BedrockAccount;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * The rows of a prepared split as Bedrock wants them: the schema {@code bedrock-conversation-2024}, or {@code
 * {"prompt": ..., "completion": ...}}. Other fields of a row, such as the file that it comes from, stay here.
 *
 * @param file of the split, such as {@code train.jsonl}
 * @see <a href="https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-prepare.html">Prepare data</a>
 */
record BedrockRows(Path file, BedrockAccount.Rows rows) {
    private static final String TEXT = "text";

    /** Whether the split has rows. */
    boolean any() throws IOException {
        return Files.exists(file) && Files.size(file) > 0;
    }

    /**
     * Writes all rows, one on each line.
     *
     * @return SHA-256 of the file
     * @throws StageProblem INVALID_PIPELINE for rows that Bedrock cannot learn
     */
    String writeTo(Path target) throws IOException {
        MessageDigest digest = Sha256.start();
        try (PreparedRows prepared = PreparedRows.open(file);
                OutputStream out = new DigestOutputStream(Files.newOutputStream(target), digest);
                JsonGenerator json = SpecJson.mapper().getFactory().createGenerator(out, JsonEncoding.UTF8)) {
            json.setRootValueSeparator(null);
            for (var row = prepared.next(); row.isPresent(); row = prepared.next()) {
                json.writeStartObject();
                if (rows == BedrockAccount.Rows.CONVERSATION) {
                    conversation(row.get(), json);
                } else {
                    completion(row.get(), json);
                }
                json.writeEndObject();
                json.writeRaw('\n');
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void conversation(Row row, JsonGenerator json) throws IOException {
        List<Message> messages = messages(row);
        json.writeStringField("schemaVersion", "bedrock-conversation-2024");
        List<Message> system = messages.stream()
                .filter(message -> message.role() == ChatRole.SYSTEM)
                .toList();
        if (!system.isEmpty()) {
            json.writeArrayFieldStart("system");
            for (Message message : system) {
                text(message, json);
            }
            json.writeEndArray();
        }
        json.writeArrayFieldStart("messages");
        ChatRole before = ChatRole.ASSISTANT;
        for (Message message : messages) {
            if (message.role() == ChatRole.SYSTEM) {
                continue;
            }
            boolean turns = message.role() == ChatRole.USER || message.role() == ChatRole.ASSISTANT;
            require(
                    turns && message.role() != before,
                    "conversations in which a user and the assistant do not take turns");
            before = message.role();
            json.writeStartObject();
            json.writeStringField("role", message.role().word());
            json.writeArrayFieldStart("content");
            text(message, json);
            json.writeEndArray();
            json.writeEndObject();
        }
        require(before == ChatRole.ASSISTANT, "conversations that do not end with an answer");
        json.writeEndArray();
    }

    private static void text(Message message, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField(TEXT, message.text());
        json.writeEndObject();
    }

    private static void completion(Row row, JsonGenerator json) throws IOException {
        List<Message> messages = messages(row);
        require(
                messages.size() == 2 && messages.get(0).role() == ChatRole.USER,
                "conversations of more than a prompt and its answer, but this model learns `rows: completion`");
        json.writeStringField("prompt", messages.get(0).text());
        json.writeStringField("completion", messages.get(1).text());
    }

    private static List<Message> messages(Row row) {
        if (row instanceof ChatRow chat) {
            require(chat.tools().isEmpty(), "`tools`, which Bedrock does not learn");
            chat.messages().forEach(BedrockRows::check);
            return chat.messages();
        } else if (row instanceof CompletionRow completion) {
            return List.of(
                    new Message(ChatRole.USER, completion.prompt()),
                    new Message(ChatRole.ASSISTANT, completion.completion()));
        }
        require(false, "plain text or pairs, but Bedrock learns one answer of a conversation");
        throw new AssertionError(row);
    }

    /** What Bedrock does not know is refused before the upload: it would be dropped or fail hours later. */
    private static void check(Message message) {
        require(message.reasoning() == null, "`reasoning_content`, which Bedrock does not learn");
        require(message.toolCalls().isEmpty(), "`tool_calls`, which Bedrock does not learn");
        require(message.role() != ChatRole.TOOL, "results of tools, which Bedrock does not learn");
        require(
                message.role() != ChatRole.ASSISTANT || message.learned(),
                "answers that are not learned (`weight: 0`), but Bedrock learns all answers");
        require(message.name() == null, "messages with `name`, which Bedrock does not learn");
        require(message.content() != null, "messages without `content`");
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw StageProblem.invalid(
                    "train: by bedrock(...): the dataset has %s; change the rows, or train without `by`"
                            .formatted(what));
        }
    }
}
