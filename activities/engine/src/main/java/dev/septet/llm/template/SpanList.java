package dev.septet.llm.template;

import dev.septet.llm.tokenizer.TokenSpans;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Token spans of the parts of a text, put together. */
final class SpanList {
    private final IntStream.Builder ids = IntStream.builder();
    private final IntStream.Builder starts = IntStream.builder();
    private final IntStream.Builder ends = IntStream.builder();

    /**
     * @param place from a place in the encoded part to the same place in the text's part
     * @param offset where that part starts in the text
     */
    void add(TokenSpans part, IntUnaryOperator place, int offset) {
        for (int i = 0; i < part.ids().length; i++) {
            ids.add(part.ids()[i]);
            starts.add(offset + place.applyAsInt(part.starts()[i]));
            ends.add(offset + place.applyAsInt(part.ends()[i]));
        }
    }

    TokenSpans toSpans() {
        return new TokenSpans(
                ids.build().toArray(), starts.build().toArray(), ends.build().toArray());
    }
}
