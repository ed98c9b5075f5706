package dev.septet.llm.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.template.TokenSequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScorerTest {
    private static final double TOLERANCE = 2e-4;

    @ParameterizedTest
    @ValueSource(strings = {"base", "lora"})
    void scoresAsTransformersDoesInAnyBatch(String name) throws IOException {
        try (TinyModel tiny = TinyModel.open(name)) {
            List<TokenSequence> examples = examples(tiny.golden());
            List<ExampleScore> alone = new Scorer(tiny.model(), 1).score(examples);
            for (int i = 0; i < examples.size(); i++) {
                JsonNode golden = tiny.golden().path("examples").path(i);
                ExampleScore score = alone.get(i);
                assertThat(score.loss()).isCloseTo(golden.path("loss").asDouble(), within(TOLERANCE));
                assertThat(score.tokens()).isEqualTo(golden.path("tokens").asLong());
                assertThat(score.correct()).isEqualTo(golden.path("correct").asLong());
            }
            for (int tokensAtOnce : new int[] {40, 100, 100_000}) {
                List<ExampleScore> together = new Scorer(tiny.model(), tokensAtOnce).score(examples);
                for (int i = 0; i < examples.size(); i++) {
                    ExampleScore score = together.get(i);
                    assertThat(score.loss()).isCloseTo(alone.get(i).loss(), within(1e-4));
                    assertThat(score.tokens()).isEqualTo(alone.get(i).tokens());
                    assertThat(score.correct()).isEqualTo(alone.get(i).correct());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "base")
    void scoresNothingWhereNothingCarriesLoss(String name) throws IOException {
        try (TinyModel tiny = TinyModel.open(name)) {
            Scorer scorer = new Scorer(tiny.model(), 100);
            TokenSequence silent = new TokenSequence(new int[] {5, 6}, new boolean[2]);
            TokenSequence first = new TokenSequence(new int[] {5}, new boolean[] {true});
            TokenSequence empty = new TokenSequence(new int[0], new boolean[0]);
            assertThat(scorer.score(List.of(silent, first, empty))).containsOnly(ExampleScore.NOTHING);
            assertThat(scorer.score(List.of())).isEmpty();
            assertThat(ExampleScore.NOTHING.perplexity()).isNaN();
            TokenSequence endless = new TokenSequence(new int[300], new boolean[300]);
            endless.loss()[7] = true;
            assertThatThrownBy(() -> scorer.score(List.of(silent, endless)))
                    .hasMessage("example 2 has 300 tokens, the model takes at most 256");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 3})
    void addsUp(double loss) {
        ExampleScore sum = new ExampleScore(loss, 2, 1).plus(new ExampleScore(loss, 2, 2));
        assertThat(sum).isEqualTo(new ExampleScore(2 * loss, 4, 3));
        assertThat(sum.meanLoss()).isEqualTo(loss / 2);
        assertThat(sum.perplexity()).isEqualTo(Math.exp(loss / 2));
        assertThat(sum.accuracy()).isEqualTo(0.75);
    }

    private static List<TokenSequence> examples(JsonNode golden) {
        List<TokenSequence> examples = new ArrayList<>();
        for (JsonNode example : golden.path("examples")) {
            int[] mask = TinyModel.ints(example.path("mask"));
            boolean[] loss = new boolean[mask.length];
            for (int i = 0; i < mask.length; i++) {
                loss[i] = mask[i] == 1;
            }
            examples.add(new TokenSequence(TinyModel.ints(example.path("ids")), loss));
        }
        return examples;
    }
}
