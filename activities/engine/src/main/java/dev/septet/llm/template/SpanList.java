package dev.septet.llm.template;

import dev.septet.llm.tokenizer.TokenSpans;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Concatenates the token spans of parts of a text. */
final class SpanList {
    private final IntStream.Builder ids = IntStream.builder();
    private final IntStream.Builder starts = IntStream.builder();
    private final IntStream.Builder ends = IntStream.builder();

    /**
     * @param place maps a position in the encoded part to the same position in the text's part
     * @param offset start of that part in the text
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
