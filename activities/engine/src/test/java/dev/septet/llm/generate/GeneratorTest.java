package dev.septet.llm.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.generate.sampling.Sampling;
import dev.septet.llm.generate.sampling.StopIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GeneratorTest {
    private static final int TOKENS = 12;
    private static final GenerationOptions FREE = GenerationOptions.greedy(TOKENS, Set.of());
    private static final Sampling WILD = new Sampling(1.3, 0.95, 42);

    private TinyModel tiny;

    @BeforeAll
    void open() throws IOException {
        tiny = TinyModel.open("base");
    }

    @AfterAll
    void close() {
        tiny.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "lora"})
    void writesWhatTransformersWritesInAnyBatch(String name) throws IOException {
        try (TinyModel model = TinyModel.open(name)) {
            for (int batchSize : new int[] {1, 2, 3, 7, 100}) {
                List<Generated> answers =
                        new Generator(model.model(), model.tokenizer(), batchSize).generate(model.prompts(), FREE);
                assertThat(answers).hasSize(model.answers().size());
                for (int i = 0; i < answers.size(); i++) {
                    assertThat(answers.get(i).ids())
                            .as("prompt %s, batch size %s", i, batchSize)
                            .isEqualTo(model.answers().get(i));
                    assertThat(answers.get(i).reason()).isEqualTo(FinishReason.LENGTH);
                }
            }
        }
    }

    @Test
    void samplesTheSameInAnyBatchAndOrder() {
        GenerationOptions options = new GenerationOptions(TOKENS, WILD, Set.of(), List.of());
        List<Generated> alone = generator(1).generate(tiny.prompts(), options);
        List<int[]> reversed = new ArrayList<>(tiny.prompts());
        Collections.reverse(reversed);
        List<Generated> together = new ArrayList<>(generator(5).generate(reversed, options));
        Collections.reverse(together);
        for (int i = 0; i < alone.size(); i++) {
            assertThat(together.get(i).ids()).isEqualTo(alone.get(i).ids());
        }
        Sampling otherSeed = new Sampling(1.3, 0.95, 43);
        List<Generated> other =
                generator(5).generate(tiny.prompts(), new GenerationOptions(TOKENS, otherSeed, Set.of(), List.of()));
        assertThat(other.get(0).ids()).isNotEqualTo(alone.get(0).ids());
    }

    @Test
    void endsAtAStopTokenAndLetsOthersGoOn() {
        int stop = tiny.answers().get(0)[3];
        List<Generated> answers = generator(7).generate(tiny.prompts(), GenerationOptions.greedy(TOKENS, Set.of(stop)));
        for (int i = 0; i < answers.size(); i++) {
            int[] free = tiny.answers().get(i);
            int at = indexOf(free, stop);
            int[] expected = at < 0 ? free : Arrays.copyOf(free, at + 1);
            assertThat(answers.get(i).ids()).isEqualTo(expected);
            assertThat(answers.get(i).reason()).isEqualTo(at < 0 ? FinishReason.LENGTH : FinishReason.STOP);
        }
        assertThat(answers.get(0).reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void leavesTheStopTokenOutOfTheText() {
        int[] free = tiny.answers().get(0);
        int letter = tiny.tokenizer().id("s").orElseThrow();
        GenerationOptions options = GenerationOptions.greedy(TOKENS, Set.of(letter, free[4]));
        Generated answer =
                generator(1).generate(List.of(tiny.prompts().get(0)), options).get(0);
        int[] said = Arrays.copyOf(answer.ids(), answer.ids().length - 1);
        assertThat(answer.text()).isEqualTo(tiny.tokenizer().decode(said, true));
    }

    @Test
    void endsAtAStopTextAndLeavesItOut() {
        String whole = generator(1).generate(tiny.prompts(), FREE).get(0).text();
        String stop = whole.substring(3, 6);
        GenerationOptions options = new GenerationOptions(TOKENS, Sampling.GREEDY, Set.of(), List.of(stop));
        Generated answer = generator(1).generate(tiny.prompts(), options).get(0);
        assertThat(answer.text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void tellsTheListenerEverythingPieceByPiece() {
        List<StringBuilder> heard = new ArrayList<>();
        tiny.prompts().forEach(prompt -> heard.add(new StringBuilder()));
        List<Generated> answers = generator(3).generate(tiny.prompts(), FREE, (prompt, piece) -> {
            heard.get(prompt).append(piece);
            return true;
        });
        for (int i = 0; i < answers.size(); i++) {
            assertThat(heard.get(i)).hasToString(answers.get(i).text());
        }
    }

    @Test
    void stopsWhenTheListenerHasHadEnough() {
        List<Generated> answers = generator(7).generate(tiny.prompts(), FREE, (prompt, piece) -> prompt != 2);
        assertThat(answers.get(2).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(answers.get(2).ids()).hasSize(1);
        assertThat(answers.get(3).ids()).hasSize(TOKENS);
    }

    @Test
    void endsWithTheContextOfTheModel() {
        int context = tiny.model().config().maxPositions();
        int[] prompt = new int[context - 3];
        Arrays.fill(prompt, 80);
        GenerationOptions endless = GenerationOptions.greedy(1_000_000_000, Set.of());
        Generated answer =
                generator(2).generate(List.of(prompt, new int[] {80}), endless).get(0);
        assertThat(answer.ids()).hasSize(3);
        assertThat(answer.reason()).isEqualTo(FinishReason.LENGTH);
        assertThatThrownBy(() -> generator(1).generate(List.of(new int[context]), FREE))
                .hasMessage("prompt 1 has 256 tokens; the model takes 1 to 255 and needs room for an" + " answer");
        assertThatThrownBy(() -> generator(1).generate(List.of(new int[0]), FREE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> generator(1).generate(List.of(new int[] {320}), FREE))
                .hasMessageContaining("token 320 is outside of the model's vocabulary");
    }

    @Test
    void knowsWhereItsModelStops() {
        assertThat(StopIds.of(tiny.folder(), tiny.tokenizer())).containsExactly(2);
    }

    @Test
    void refusesSenselessOptions() {
        assertThatThrownBy(() -> new Sampling(Double.NaN, 1, 0))
                .hasMessage("temperature must be between 0 and 100, got NaN");
        assertThatThrownBy(() -> new Sampling(-1, 1, 0)).hasMessageContaining("temperature");
        assertThatThrownBy(() -> new Sampling(1, Double.NaN, 0))
                .hasMessage("top-p must be above 0, at most 1, got NaN");
        assertThatThrownBy(() -> new Sampling(1, 0, 0)).hasMessageContaining("top-p");
        assertThatThrownBy(() -> GenerationOptions.greedy(0, Set.of()))
                .hasMessage("an answer needs at least 1 token, got 0");
        assertThatThrownBy(() -> new GenerationOptions(1, Sampling.GREEDY, Set.of(), List.of("")))
                .hasMessage("an empty stop text would end every answer");
    }

    private Generator generator(int batchSize) {
        return new Generator(tiny.model(), tiny.tokenizer(), batchSize);
    }

    private static int indexOf(int[] ids, int wanted) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == wanted) {
                return i;
            }
        }
        return -1;
    }
}
