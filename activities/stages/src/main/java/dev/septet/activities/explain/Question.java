package dev.septet.activities.explain;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.TextRow;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the user asks about.
 *
 * @param row number of a row of the test split, from 1; 0 for a prompt of the user
 * @param prompt the user's prompt, null for a row
 * @param system instructions before the prompt; null for none
 * @param answer the answer to explain; null for the model's own
 * @param reference whether to explain the row's reference answer
 */
public record Question(
        long row,
        @Nullable String prompt,
        @Nullable String system,
        @Nullable String answer,
        boolean reference) {
    /** The place of a prompt that the user typed. */
    private static final RowPlace TYPED = new RowPlace("prompt", 1);

    /** Stands for the answer that is not known yet. */
    private static final String UNKNOWN = "?";

    /** A row of the test split with the model's own answer. */
    public static Question row(long row) {
        return new Question(row, null, null, null, false);
    }

    /** A prompt with an answer, or with the model's own if it is null. */
    public static Question prompt(String prompt, @Nullable String answer) {
        return new Question(0, prompt, null, answer, false);
    }

    /**
     * The question as a row, with the reference answer or with an unknown one.
     *
     * @param dataset folder of the prepared dataset
     * @param kind a row of the training split, which has the kind that the model learned
     * @throws ExplainProblem when there is no such row, or the prompt has no text
     */
    Row asked(Path dataset, Row kind) throws IOException {
        String typed = prompt;
        return typed == null ? tested(dataset) : typed(typed, kind.answered());
    }

    private Row typed(String text, Row kind) {
        if (text.isBlank()) {
            throw ExplainProblem.request("the prompt is empty; give --prompt a text");
        }
        String instructions = system;
        if (kind instanceof ChatRow) {
            List<Message> messages = new ArrayList<>();
            if (instructions != null && !instructions.isBlank()) {
                messages.add(new Message(ChatRole.SYSTEM, instructions));
            }
            messages.add(new Message(ChatRole.USER, text));
            messages.add(new Message(ChatRole.ASSISTANT, UNKNOWN));
            return new ChatRow(messages, TYPED);
        }
        if (instructions != null) {
            throw ExplainProblem.request(
                    "the model learned no chats, so there is no system message; write the instructions into the"
                            + " prompt");
        }
        return new CompletionRow(text, UNKNOWN, TYPED);
    }

    private Row tested(Path dataset) throws IOException {
        Path file = dataset.resolve("test.jsonl");
        long count = 0;
        if (Files.exists(file)) {
            try (PreparedRows rows = PreparedRows.open(file)) {
                for (var next = rows.next(); next.isPresent(); next = rows.next()) {
                    if (++count == row) {
                        return next.get().answered();
                    }
                }
            }
        }
        throw ExplainProblem.missing(
                count == 0
                        ? "the test split has no rows; ask about a text with --prompt"
                        : String.format(
                                Locale.ROOT,
                                "there is no row %,d in the test split, which has rows 1 to %,d",
                                row,
                                count));
    }

    /**
     * The model's answer in an evaluation's report; null when the report has none.
     *
     * @param report folder of the report
     */
    @Nullable
    String reported(Path report) throws IOException {
        Path file = report.resolve("predictions.jsonl");
        if (row == 0 || !Files.exists(file)) {
            return null;
        }
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode node = SpecJson.mapper().readTree(line);
                if (node.path("row").asLong(-1) == row - 1) {
                    return node.path("after").path("answer").textValue();
                }
            }
        }
        return null;
    }

    /**
     * A row with an answer, which alone carries loss.
     *
     * @param answer null for the row's own
     * @throws ExplainProblem when the answer has no text
     */
    static Row answered(Row asked, @Nullable String answer) {
        if (asked instanceof TextRow) {
            if (answer != null) {
                throw ExplainProblem.request(
                        "the row is plain text, which has no answer; leave --answer out, or ask with --prompt");
            }
            return asked;
        }
        if (answer != null && answer.isBlank()) {
            throw ExplainProblem.request(
                    "the answer is empty, so nothing moved it; name an answer with --answer, or use --reference");
        }
        try {
            if (asked instanceof ChatRow chat) {
                List<Message> messages = new ArrayList<>();
                chat.prompt()
                        .forEach(message ->
                                messages.add(message.role() == ChatRole.ASSISTANT ? message.asContext() : message));
                messages.add(
                        answer == null || answer.equals(chat.answer().answer())
                                ? chat.answer()
                                : new Message(ChatRole.ASSISTANT, answer));
                return chat.with(messages);
            }
            CompletionRow completion = (CompletionRow) asked;
            return answer == null ? completion : new CompletionRow(completion.prompt(), answer, completion.place());
        } catch (RowProblem unfit) {
            throw ExplainProblem.request("%s: %s".formatted(asked.place(), unfit.reason()));
        }
    }
}
