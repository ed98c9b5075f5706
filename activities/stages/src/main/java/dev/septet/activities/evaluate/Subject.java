package dev.septet.activities.evaluate;

import dev.septet.activities.dataset.Row;
import java.util.List;
import java.util.OptionalInt;

/** A model that can be asked. */
public interface Subject extends AutoCloseable {
    /**
     * Asks.
     *
     * @param answerTokens most tokens of a written answer; empty when only losses are wanted
     * @param cutAfter tokens of a row that count; empty where rows are whole
     * @return one prediction per row, in their order
     */
    List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter);

    @Override
    void close();
}
