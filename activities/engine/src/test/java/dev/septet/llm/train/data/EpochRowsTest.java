package dev.septet.llm.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.train.Plans;
import dev.septet.llm.train.TrainingInputs;
import dev.septet.llm.train.plan.CapabilityRetention;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 300 rows to learn with 20 loss tokens each; 101 general ones with 1 to 34, 6.75 in the mean. */
class EpochRowsTest {
    private static final int LEARNED = 300;
    private static final int LEARNED_TOKENS = 20;
    private static final int GENERAL = 101;
    private static final int EPOCHS = 60;

    @TempDir
    Path temporary;

    private TokenDataset learned;
    private TokenDataset general;

    @BeforeEach
    void write() throws IOException {
        learned = rows("learned", LEARNED, row -> LEARNED_TOKENS);
        CounterRandom random = CounterRandom.stream(5, "lengths");
        general = rows("general", GENERAL, row -> 1 + (int) (-7 * StrictMath.log(1 - random.uniform(row))));
    }

    @ParameterizedTest
    @CsvSource({"0.05, 47", "0.1, 99", "0.25, 296", "0.5, 889", "0.9, 7997"})
    void theShareIsOneOfLossTokens(double share, int replayed) {
        EpochRows rows = epochs(share, 7);
        assertThat(rows.count() - LEARNED).isEqualTo(replayed);
        double target = share / (1 - share) * LEARNED * LEARNED_TOKENS;
        double mean = general.lossTokens() / (double) GENERAL;
        double all = 0;
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            long tokens = replayed(rows, epoch).stream()
                    .mapToLong(general::lossTokens)
                    .sum();
            all += tokens;
            assertThat((double) tokens).as("epoch %s", epoch).isCloseTo(target, within(6 * mean));
        }
        assertThat(all / EPOCHS).isCloseTo(target, within(mean));
    }

    @Test
    void anEpochGoesOnWhereTheOneBeforeEnded() {
        EpochRows rows = epochs(0.05, 7);
        List<Integer> drawn = new ArrayList<>();
        for (int epoch = 0; epoch < GENERAL; epoch++) { // as many passes as rows in an epoch
            drawn.addAll(replayed(rows, epoch));
        }
        for (int from = 0; from < drawn.size(); from += GENERAL) {
            assertThat(drawn.subList(from, from + GENERAL))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, GENERAL).boxed().toList());
        }
        assertThat(drawn.subList(0, GENERAL)).isNotEqualTo(drawn.subList(GENERAL, 2 * GENERAL));
    }

    @Test
    void whatComesDependsOnDataSeedAndEpochAlone() {
        EpochRows walked = epochs(0.1, 7);
        IntStream.range(0, 5).forEach(epoch -> replayed(walked, epoch));
        assertThat(replayed(epochs(0.1, 7), 5)).isEqualTo(replayed(walked, 5));
        assertThat(replayed(epochs(0.1, 8), 5)).isNotEqualTo(replayed(walked, 5));
    }

    @Test
    void atLeastOneRowIsReplayed() {
        assertThat(new EpochSize(3, 6, 10, 1000).replayed(0.01)).isEqualTo(1);
        assertThat(new EpochSize(3, 6, 10, 1000).replayed(0)).isZero();
        assertThatThrownBy(() -> new EpochSize(3, 6, 0, 0).replayed(0.01))
                .isInstanceOf(TrainingProblem.class)
                .hasMessage("the plan replays rows, but there is no general set");
    }

    private EpochRows epochs(double share, long seed) {
        TrainingPlan usual = Plans.of(Plans.LORA).plan();
        TrainingPlan plan = new TrainingPlan(
                usual.method(),
                usual.precision(),
                seed,
                usual.batchSize(),
                usual.accumulate(),
                usual.totalSteps(),
                usual.optimizer(),
                usual.learningRate(),
                usual.clipNorm(),
                usual.frozenLayers(),
                usual.maxTokens(),
                new CapabilityRetention(share, 0, 0, 0),
                usual.objective(),
                false);
        return new EpochRows(new TrainingInputs(temporary, learned, Optional.of(general), Optional.empty()), plan);
    }

    /** The general rows of an epoch, after it was held that all others are there too. */
    private List<Integer> replayed(EpochRows rows, int epoch) {
        List<EpochRows.Place> places = IntStream.range(0, rows.count())
                .mapToObj(index -> rows.at(epoch, index).get(0))
                .toList();
        assertThat(places.subList(0, LEARNED))
                .extracting(EpochRows.Place::row)
                .containsExactlyElementsOf(IntStream.range(0, LEARNED).boxed().toList());
        List<EpochRows.Place> behind = places.subList(LEARNED, places.size());
        assertThat(behind).extracting(EpochRows.Place::data).containsOnly(general);
        return behind.stream().map(EpochRows.Place::row).toList();
    }

    /** Rows whose first token has nothing before it and whose others carry loss. */
    private TokenDataset rows(String name, int count, IntUnaryOperator tokens) throws IOException {
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            byte[] mask = new byte[1 + tokens.applyAsInt(row)];
            Arrays.fill(mask, (byte) 1);
            rows.add(new TokenDataset.Row(new int[mask.length], mask));
        }
        return Plans.dataset(temporary.resolve(name + ".safetensors"), rows);
    }
}
