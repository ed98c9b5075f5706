package dev.septet.activities.prepare;

import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.train.TokenDataset;

import java.util.Arrays;
import java.util.List;

/** Turns a row into the tokens of a model, and marks those to learn. */
@FunctionalInterface
public interface RowEncoder {
    /**
     * The row's tokens, and 1 for each that carries loss.
     *
     * @throws RowProblem when the model cannot learn from it: control tokens in a text, no token to
     *     learn, too long
     */
    TokenDataset.Row encode(Row row);

    /**
     * The rows of an example: one, or of a pair the chosen and the rejected answer, both after the
     * same question.
     *
     * @throws RowProblem as above; of a pair it names the side
     */
    default List<TokenDataset.Row> example(Row row) {
        if (!(row instanceof PreferenceRow pair)) {
            return List.of(encode(row));
        }
        TokenDataset.Row chosen = side("chosen", pair.chosen());
        TokenDataset.Row rejected = side("rejected", pair.rejected());
        if (Arrays.equals(chosen.tokens(), rejected.tokens())) {
            throw new RowProblem(
                    PublicText.of("\"chosen\" and \"rejected\" become the same tokens"));
        }
        return List.of(chosen, rejected);
    }

    private TokenDataset.Row side(String name, Row row) {
        try {
            return encode(row);
        } catch (RowProblem e) {
            throw new RowProblem(PublicText.of("%s: %s", PublicText.field(name), e.reason()));
        }
    }
}
