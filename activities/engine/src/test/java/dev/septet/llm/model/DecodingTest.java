package dev.septet.llm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.DecodingInput;
import dev.septet.llm.model.program.KvCache;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.model.program.TopTokens;
import dev.septet.llm.model.weights.LoadedAdapter;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Token by token, in any company, comes out what whole rows give. */
class DecodingTest {
    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void equalsWholeRowsInAnyPieces(String name) {
        GoldenModel golden = GoldenModel.open(name);
        List<int[]> rows = golden.rows();
        try (LanguageModel model = open(golden, ComputePrecision.FLOAT32, true);
                KvCache a = model.newSequence();
                KvCache b = model.newSequence()) {
            // A long piece of one beside the first token of another, then the other way round.
            List<TopTokens> next = decode(model, feed(a, rows.get(0), 0, 5, 2), feed(b, rows.get(1), 0, 1, 1));
            float[][] whole = model.logits(rows.get(0));
            assertClose(next.get(0).scores()[0], whole[3]);
            assertClose(next.get(0).scores()[1], whole[4]);
            assertClose(next.get(1).scores()[0], model.logits(rows.get(1))[0]);
            next = decode(model, feed(b, rows.get(1), 1, 4, 3), feed(a, rows.get(0), 5, 6, 1));
            assertClose(next.get(0).scores()[2], model.logits(rows.get(1))[3]);
            assertClose(next.get(1).scores()[0], whole[5]);
            assertThat(a.length()).isEqualTo(6);
        }
    }

    @Test
    void takesBackWhatWasOnlyGuessed() {
        GoldenModel golden = GoldenModel.open("tied");
        int[] row = golden.rows().get(0);
        try (LanguageModel model = open(golden, ComputePrecision.FLOAT32, false);
                KvCache sequence = model.newSequence()) {
            decode(model, feed(sequence, row, 0, 4, 0));
            decode(model, new DecodingInput(sequence, new int[] {7, 7, 7}, 1, true, null));
            sequence.truncate(4);
            List<TopTokens> next = decode(model, feed(sequence, row, 4, 6, 1));
            assertClose(next.get(0).scores()[0], model.logits(row)[5]);
            assertThatThrownBy(() -> sequence.truncate(7)).hasMessage("a sequence of 6 tokens cannot be cut to 7");
        }
    }

    @Test
    void goesOnFromABeginningTakenFromAnother() {
        try (LanguageModel model = longContext();
                KvCache first = model.newSequence();
                KvCache second = model.newSequence()) {
            int[] row =
                    new Random(4).ints(250, 0, model.config().vocabularySize()).toArray();
            int[] other = Arrays.copyOf(row, 200);
            other[150] = (other[150] + 1) % model.config().vocabularySize();
            decode(model, feed(first, Arrays.copyOf(row, 140), 0, 140, 0)); // outgrows its room
            decode(model, feed(second, other, 0, 3, 0));
            second.copyPrefix(first, 139);
            TopTokens taken = decode(model, feed(second, other, 139, 200, 1)).get(0);
            assertClose(taken.scores()[0], model.logits(other)[199]);
            assertThatThrownBy(() -> second.copyPrefix(first, 141))
                    .hasMessageContaining("cannot copy tokens up to 141 from one of 140");
        }
    }

    @Test
    void growsWithItsSequence() {
        try (LanguageModel model = longContext();
                KvCache sequence = model.newSequence()) {
            int[] row =
                    new Random(4).ints(250, 0, model.config().vocabularySize()).toArray();
            decode(model, feed(sequence, row, 0, 120, 0));
            TopTokens next = decode(model, feed(sequence, row, 120, 121, 1)).get(0);
            for (int t = 121; t < row.length; t++) {
                next = decode(model, feed(sequence, row, t, t + 1, 1)).get(0);
            }
            assertClose(next.scores()[0], model.logits(row)[row.length - 1]);
        }
    }

    @ParameterizedTest
    @EnumSource(ComputePrecision.class)
    void everySequenceHasItsOwnAdapter(ComputePrecision precision) {
        GoldenModel golden = GoldenModel.open("untied");
        int[] row = golden.rows().get(0);
        double tolerance = precision == ComputePrecision.FLOAT32 ? TOLERANCE : 0.05;
        try (LanguageModel bare = open(golden, precision, false);
                LanguageModel adapted = open(golden, precision, true);
                LoadedAdapter adapter = bare.loadAdapter(golden.adapter());
                KvCache a = bare.newSequence();
                KvCache b = bare.newSequence();
                KvCache c = bare.newSequence()) {
            List<TopTokens> next = decode(bare, feed(a, row, 6, null), feed(b, row, 6, adapter), feed(c, row, 6, null));
            assertClose(next.get(0).scores()[0], bare.logits(row)[5], tolerance);
            assertClose(next.get(1).scores()[0], adapted.logits(row)[5], tolerance);
            assertClose(next.get(2).scores()[0], bare.logits(row)[5], tolerance);
            float[] without = next.get(0).scores()[0];
            float[] with = next.get(1).scores()[0];
            double max = 0;
            for (int i = 0; i < with.length; i++) {
                max = Math.max(max, Math.abs(with[i] - without[i]));
            }
            assertThat(max).as("what the adapter changes").isGreaterThan(4 * tolerance);
        }
    }

    @Test
    void theBestIsTheHighestOfTheTokensThatMayCome() {
        GoldenModel golden = GoldenModel.open("tied");
        int[] row = golden.rows().get(0);
        try (LanguageModel model = open(golden, ComputePrecision.FLOAT32, false);
                KvCache sequence = model.newSequence()) {
            DecodingInput feed = new DecodingInput(sequence, row, row.length, true, null);
            TopTokens next = model.decode(List.of(feed), 40).get(0);
            for (int i = 0; i < row.length; i++) {
                float[] scores = next.scores()[i];
                assertThat(scores).hasSize(40);
                assertThat(scores[next.best()[i]]).isEqualTo(next.highest()[i]);
                for (float score : scores) {
                    assertThat(score).isLessThanOrEqualTo(next.highest()[i]);
                }
            }
        }
    }

    @Test
    void refusesWhatDoesNotFitAndChangesNothing() {
        try (LanguageModel model = open(GoldenModel.open("tied"), ComputePrecision.FLOAT32, false);
                KvCache sequence = model.newSequence();
                KvCache full = model.newSequence()) {
            int context = model.config().maxPositions();
            decode(model, new DecodingInput(full, new int[context], 0, false, null));
            DecodingInput fits = new DecodingInput(sequence, new int[] {1}, 1, false, null);
            assertThatThrownBy(() -> decode(model, fits, new DecodingInput(full, new int[1], 1, false, null)))
                    .hasMessageContaining("exceeds the model's context of " + context);
            assertThat(sequence.length()).isZero();
            assertThatThrownBy(() -> new DecodingInput(sequence, new int[0], 0, false, null))
                    .hasMessage("a sequence needs at least 1 token to continue");
            assertThatThrownBy(() -> new DecodingInput(sequence, new int[1], 2, false, null))
                    .hasMessage("1 tokens cannot give 2 predictions");
        }
    }

    private static LanguageModel open(GoldenModel golden, ComputePrecision precision, boolean adapted) {
        return LanguageModel.open(
                golden.folder(), precision, adapted ? Optional.of(golden.adapter()) : Optional.empty());
    }

    /** A model with a context longer than the room that a sequence starts with. */
    private static LanguageModel longContext() {
        URL folder = Objects.requireNonNull(FormatProblem.class.getResource("tiny/base"));
        return LanguageModel.open(Path.of(folder.getPath()), ComputePrecision.FLOAT32, Optional.empty());
    }

    private static List<TopTokens> decode(LanguageModel model, DecodingInput... feeds) {
        return model.decode(List.of(feeds), model.config().vocabularySize());
    }

    private static DecodingInput feed(KvCache sequence, int[] row, int from, int to, int wanted) {
        return new DecodingInput(sequence, Arrays.copyOfRange(row, from, to), wanted, true, null);
    }

    private static DecodingInput feed(KvCache sequence, int[] row, int to, @Nullable LoadedAdapter adapter) {
        return new DecodingInput(sequence, Arrays.copyOf(row, to), 1, true, adapter);
    }

    private static void assertClose(float[] actual, float[] expected) {
        assertClose(actual, expected, TOLERANCE);
    }

    private static void assertClose(float[] actual, float[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i]).as("[%d]", i).isCloseTo(expected[i], within(tolerance));
        }
    }
}
