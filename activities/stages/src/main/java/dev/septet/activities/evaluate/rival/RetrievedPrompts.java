package dev.septet.activities.evaluate.rival;

import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.LongRowProblem;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.llm.train.data.TokenDataset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Puts training rows into a row's question. The rows stand before the text of the last user message, the nearest row last:
 *
 * <pre>
 * Examples:
 *
 * Question: ...
 * Answer: ...
 *
 * Question: ...
 * Answer: ...
 *
 * Now answer this:
 *
 * the question
 * </pre>
 *
 * <p>A row of plain text stands as {@code Text: ...}. The model's own chat template writes the message around them. A row
 * that would become a control token of the model is left out, so that no row can end the message. A row that does not fit
 * into the model's context, with room for an answer, is left out too.
 */
final class RetrievedPrompts {
    private static final String BEGIN = "Examples:\n\n";
    private static final String END = "Now answer this:\n\n";

    private final ModelRowEncoder encoder;
    private final int maxPositions;
    private final int answerTokens;
    private final Counts counts = new Counts();

    /**
     * @param encoder refuses rows of more than {@code maxPositions} tokens
     * @param maxPositions the model's context, in tokens
     * @param answerTokens token limit of an answer
     */
    RetrievedPrompts(ModelRowEncoder encoder, int maxPositions, int answerTokens) {
        this.encoder = encoder;
        this.maxPositions = maxPositions;
        this.answerTokens = answerTokens;
    }

    /** What was put into the prompts so far. */
    static final class Counts {
        int prompts;
        long rows;
        int fewer;
        int without;
        long tooLong;
        long control;
    }

    Counts counts() {
        return counts;
    }

    /**
     * The row with training rows in its question.
     *
     * @param nearest numbers of the training rows, the nearest first
     * @param training the rows with these numbers; one that is missing is too long for any prompt
     */
    Row with(Row row, int[] nearest, Map<Integer, Row> training) {
        List<String> chosen = new ArrayList<>();
        Row best = row;
        for (int number : nearest) {
            Row example = training.get(number);
            if (example == null) {
                counts.tooLong++;
                continue;
            }
            List<String> more = new ArrayList<>(chosen);
            more.add(0, block(example));
            Row longer = before(row, BEGIN + String.join("", more) + END);
            try {
                if (fits(longer)) {
                    chosen = more;
                    best = longer;
                } else {
                    counts.tooLong++;
                }
            } catch (LongRowProblem e) {
                counts.tooLong++;
            } catch (RowProblem e) {
                counts.control++;
            }
        }
        counts.prompts++;
        counts.rows += chosen.size();
        counts.fewer += chosen.size() < nearest.length ? 1 : 0;
        counts.without += chosen.isEmpty() ? 1 : 0;
        return best;
    }

    private static String block(Row example) {
        return example instanceof TextRow text
                ? "Text: %s\n\n".formatted(text.text())
                : "Question: %s\nAnswer: %s\n\n"
                        .formatted(example.promptText(), example.reference().orElse(""));
    }

    /** Whether the whole row fits, and the prompt with the longest answer. */
    private boolean fits(Row row) {
        if (row instanceof PreferenceRow pair && !fits(pair.rejected())) {
            return false;
        }
        TokenDataset.Row encoded = encoder.encode(row);
        int at = encoded.mask().length;
        while (at > 0 && encoded.mask()[at - 1] == 0) {
            at--;
        }
        while (at > 0 && encoded.mask()[at - 1] != 0) {
            at--;
        }
        return at + answerTokens <= maxPositions;
    }

    private static Row before(Row row, String examples) {
        if (row instanceof PreferenceRow pair) {
            return new PreferenceRow(before(pair.chosen(), examples), before(pair.rejected(), examples), pair.place());
        }
        if (row instanceof CompletionRow completion) {
            return new CompletionRow(examples + completion.prompt(), completion.completion(), completion.place());
        }
        ChatRow chat = (ChatRow) row;
        List<Message> messages = new ArrayList<>(chat.messages());
        for (int at = chat.prompt().size() - 1; at >= 0; at--) {
            Message message = messages.get(at);
            if (message.role() == ChatRole.USER) {
                messages.set(at, message.withContent(examples + message.text()));
                break;
            }
        }
        return chat.with(messages);
    }
}
