package dev.septet.activities.prepare;

import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.LongRowProblem;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.document.TextTokens;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.train.data.TokenDataset;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Converts a row to a model's tokens, and marks the tokens with a loss. */
public interface RowEncoder {
    /**
     * The row's tokens, and 1 for each token with a loss.
     *
     * @throws LongRowProblem when it has more tokens than allowed
     * @throws RowProblem when the model cannot learn from it: control tokens in a text, no token
     *     with a loss
     */
    TokenDataset.Row encode(Row row);

    /**
     * The first tokens of a row that may be too long, up to the limit.
     *
     * @throws RowProblem as {@link #encode}, and when none of these tokens carries loss
     */
    TokenDataset.Row encodeStart(Row row);

    /** How the model divides a text into tokens, for the chunks of documents. */
    default TextTokens textTokens() {
        return TextTokens.ESTIMATED;
    }

    /**
     * The rows of an example: one row, or two for a preference pair. These are the chosen and the
     * rejected answer, each after the question.
     *
     * @throws RowProblem as {@link #encode}; for a pair it names the side
     */
    default List<TokenDataset.Row> example(Row row) {
        return row instanceof PreferenceRow pair ? sides(pair, this::encode) : List.of(encode(row));
    }

    /**
     * The kept part of a truncated row.
     *
     * @param row the messages of a chat up to the last answer that is at least partly kept, else
     *     the whole row
     * @param tokens rows of an example, none longer than allowed
     */
    record Truncated(Row row, List<TokenDataset.Row> tokens) {}

    /**
     * An example of a long row, truncated at its end.
     *
     * @throws RowProblem as {@link #encode}, and when the answers of a pair differ only in the removed
     *     part
     */
    default Truncated truncated(Row row) {
        if (row instanceof PreferenceRow pair) {
            return new Truncated(row, sides(pair, this::encodeStart));
        }
        return row instanceof ChatRow chat ? truncated(chat) : new Truncated(row, List.of(encodeStart(row)));
    }

    /** Truncates answer by answer: the row ends with an answer that begins before the limit. */
    private Truncated truncated(ChatRow chat) {
        int[] answers = IntStream.range(0, chat.messages().size())
                .filter(at -> chat.messages().get(at).isLearned())
                .toArray();
        ChatRow kept = chat.first(answers[0] + 1);
        TokenDataset.Row tokens = encodeStart(kept);
        try {
            for (int answer : Arrays.copyOfRange(answers, 1, answers.length)) {
                ChatRow more = chat.first(answer + 1);
                TokenDataset.Row longer = encodeStart(more);
                if (longer.lossTokens() <= tokens.lossTokens()) {
                    break;
                }
                kept = more;
                tokens = longer;
            }
        } catch (LongRowProblem endless) {
            // The next question alone is too long: the row ends before it.
            return new Truncated(kept, List.of(tokens));
        }
        return new Truncated(kept, List.of(tokens));
    }

    private static List<TokenDataset.Row> sides(PreferenceRow pair, Function<Row, TokenDataset.Row> encoding) {
        TokenDataset.Row chosen = side("chosen", pair.chosen(), encoding);
        TokenDataset.Row rejected = side("rejected", pair.rejected(), encoding);
        if (Arrays.equals(chosen.tokens(), rejected.tokens())) {
            throw new RowProblem(PublicText.of("\"chosen\" and \"rejected\" become the same tokens"));
        }
        return List.of(chosen, rejected);
    }

    private static TokenDataset.Row side(String name, Row row, Function<Row, TokenDataset.Row> encoding) {
        try {
            return encoding.apply(row);
        } catch (LongRowProblem e) {
            throw new LongRowProblem(PublicText.of("%s: %s", PublicText.field(name), e.reason()));
        } catch (RowProblem e) {
            throw new RowProblem(PublicText.of("%s: %s", PublicText.field(name), e.reason()));
        }
    }
}
