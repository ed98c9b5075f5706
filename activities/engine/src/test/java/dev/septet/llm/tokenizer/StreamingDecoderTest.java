package dev.septet.llm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamingDecoderTest {
    @Test
    void waitsForTheLastByteOfACharacter() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder("bytelevel"))) {
            StreamingDecoder decoder = new StreamingDecoder(tokenizer);
            List<String> pieces = new ArrayList<>();
            for (int id : tokenizer.encodeTemplate("🎉é!")) {
                pieces.add(decoder.add(id));
            }
            assertThat(pieces).containsExactly("", "", "", "🎉", "é", "!");
            assertThat(decoder.finish()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytelevel", "metaspace", "unigram"})
    void piecesOfAnyTokensAddUpToTheWhole(String name) {
        Random draw = new Random(11);
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder(name))) {
            for (int round = 0; round < 300; round++) {
                int[] ids = draw.ints(draw.nextInt(40), 0, tokenizer.vocabularySize())
                        .toArray();
                assertThat(streamed(tokenizer, ids)).as("round %s", round).isEqualTo(tokenizer.decode(ids, true));
            }
        }
    }

    @Test
    void anyTextSurvivesTheWayThroughABytelevelTokenizer() {
        Random draw = new Random(12);
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder("bytelevel"))) {
            for (int round = 0; round < 300; round++) {
                StringBuilder text = new StringBuilder();
                draw.ints(draw.nextInt(60), 0, 0x2FFFF)
                        .filter(point -> point < 0xD800 || point > 0xDFFF)
                        .map(point -> point % 3 == 0 ? point % 128 : point)
                        .filter(point -> point != 0xFDD0)
                        .forEach(text::appendCodePoint);
                int[] ids = tokenizer.encodeContent(text.toString());
                assertThat(tokenizer.decode(ids, false)).isEqualTo(text.toString());
                assertThat(streamed(tokenizer, ids)).isEqualTo(text.toString());
            }
        }
    }

    private static String streamed(Tokenizer tokenizer, int[] ids) {
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.add(id));
        }
        return text.append(decoder.finish()).toString();
    }
}
