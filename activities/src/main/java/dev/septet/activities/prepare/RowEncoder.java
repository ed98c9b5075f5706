package dev.septet.activities.prepare;

import dev.septet.activities.dataset.Row;
import dev.septet.llm.train.TokenDataset;

/** Turns a row into the tokens of a model, and marks those to learn. */
@FunctionalInterface
public interface RowEncoder {
    /**
     * The row's tokens, and 1 for each that carries loss.
     *
     * @throws dev.septet.activities.dataset.RowProblem when the model cannot learn from it: control
     *     tokens in a text, no token to learn, too long
     */
    TokenDataset.Row encode(Row row);
}
