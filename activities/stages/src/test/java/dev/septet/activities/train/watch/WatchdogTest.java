package dev.septet.activities.train.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.train.TrainingLedger;
import dev.septet.dsl.pipeline.train.OnWarningSpec;
import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import dev.septet.dsl.pipeline.train.OnWarningSpec.Reaction;
import dev.septet.workflows.artifact.TrainingWarning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WatchdogTest {
    private static final int STEPS = 400;

    static Stream<Path> recorded() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/watch"))) {
            return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList().stream();
        }
    }

    /** The ledgers of the examples' trainings, which pass their gates. */
    @ParameterizedTest
    @MethodSource("recorded")
    void aRecordedHealthyTrainingHasNoWarnings(Path file) throws IOException {
        TrainingLedger ledger = TrainingLedger.read(file);
        Watchdog watchdog = new Watchdog(ledger.lines().size(), 8, null);
        ledger.lines().forEach(line -> watchdog.replay(line.signals()));
        assertThat(watchdog.warnings()).isEmpty();
        assertThat(watchdog.checked(true)).contains(Kind.SPIKE, Kind.DIVERGENCE, Kind.DEAD_ADAPTERS);
    }

    /** The model forgets everything but how frequent each token is. */
    @Test
    void theQuickstartWithFiftyTimesItsLearningRateDiverges() throws IOException {
        TrainingLedger ledger =
                TrainingLedger.read(Path.of("src/test/resources/watch/sick/quickstart-50-times-the-rate.jsonl"));
        Watchdog watchdog = new Watchdog(240, 16, null);
        ledger.lines().forEach(line -> watchdog.replay(line.signals()));
        assertThat(watchdog.warnings())
                .extracting(TrainingWarning::line)
                .containsExactly("divergence at step 14: the median loss of 8 steps is 6.150, but it was 3.254 before;"
                        + " try a lower learning rate");
    }

    /** Losses that fall to the end, with skewed noise of many sizes: each rule warns about at most one training in 100. */
    @Tag("long")
    @Test
    void falseAlarmsAreRare() {
        Random random = new Random(1);
        Map<Kind, Integer> alarms = new EnumMap<>(Kind.class);
        int trainings = 500;
        for (int i = 0; i < trainings; i++) {
            double start = 1 + 4 * random.nextDouble();
            double end = start * (0.02 + 0.7 * random.nextDouble());
            double speed = 2 + 3 * random.nextDouble();
            double noise = 0.02 + 0.13 * random.nextDouble();
            int epoch = 20 + random.nextInt(STEPS);
            double share = 0.02 + 0.2 * random.nextDouble();
            Watchdog watchdog = new Watchdog(STEPS, 8, null);
            for (int step = 0; step < STEPS; step++) {
                double level = end + (start - end) * Math.exp(-speed * step / STEPS);
                double loss = level * Math.exp(noise * random.nextGaussian());
                Double validation = step % 50 == 49 ? (Double) (level * (1.05 + 0.01 * random.nextGaussian())) : null;
                double rate = Math.cos(Math.PI / 2 * step / STEPS);
                double agreement = share + 0.1 * random.nextGaussian();
                watchdog.replay(
                        new StepSignals(step, step / epoch, loss, rate, 100, agreement, 0, null, validation, false));
            }
            watchdog.warnings().stream()
                    .map(TrainingWarning::kind)
                    .distinct()
                    .forEach(kind -> alarms.merge(kind, 1, Integer::sum));
        }
        assertThat(alarms.values()).allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(trainings / 100));
    }

    @Test
    void findsALossThatStandsStill() {
        Random random = new Random(2);
        List<TrainingWarning> warnings = warnings(
                null,
                step -> signals(
                        step, step / 100, (step < 40 ? 5 - step * 0.05 : 3) + 0.1 * random.nextGaussian(), 0.1));
        assertThat(warnings).extracting(TrainingWarning::kind).containsOnly(Kind.PLATEAU);
        assertThat(warnings.get(0).message()).startsWith("the loss has not fallen for 160 steps, it is about ");
    }

    @Test
    void findsGradientsThatAreAllNoise() {
        Random random = new Random(3);
        List<TrainingWarning> warnings = warnings(
                null,
                step -> signals(
                        step, step / 100, 3 + 0.1 * random.nextGaussian(), -0.02 + 0.05 * random.nextGaussian()));
        assertThat(warnings).extracting(TrainingWarning::kind).contains(Kind.NOISE);
        assertThat(warnings.get(0).message()).contains("so the noise scale is above 800 rows, with 8 rows per step");
    }

    @Test
    void findsTheSameOrderInEveryEpoch() {
        Random random = new Random(4);
        double[] rows = random.doubles(50, -0.5, 0.5).toArray();
        List<TrainingWarning> warnings = warnings(
                null,
                step -> signals(
                        step, step / 50, 3 - step / 200.0 + rows[step % 50] + 0.1 * random.nextGaussian(), 0.1));
        assertThat(warnings).extracting(TrainingWarning::kind).containsExactly(Kind.DATA_ORDER);
        assertThat(warnings.get(0).message()).contains("the order is the same in every epoch");
    }

    @Test
    void aLossThatIsNoNumberIsADivergence() {
        List<TrainingWarning> warnings = warnings(
                null,
                step -> step == 7
                        ? new StepSignals(7, 0, null, null, 0, null, 0, null, null, true)
                        : signals(step, 0, 3 - step / 200.0, 0.1));
        assertThat(warnings)
                .extracting(TrainingWarning::line)
                .containsExactly("divergence at step 7: the loss is no finite number; the step's rows were skipped");
    }

    /** A service that reports losses only allows the kinds that need nothing else. */
    @Test
    void tellsWhatItCouldNotCheck() {
        Watchdog watchdog = new Watchdog(STEPS, 0, null);
        for (int step = 0; step < STEPS; step++) {
            watchdog.replay(new StepSignals(step, 0, 3 - step / 200.0, null, 0, null, 0, null, null, false));
        }
        assertThat(watchdog.checked(true)).containsExactly(Kind.SPIKE, Kind.DIVERGENCE, Kind.PLATEAU, Kind.DATA_ORDER);
        assertThat(watchdog.warnings()).isEmpty();
    }

    @Test
    void halvesTheRateAtMostFourTimesAndEndsForItsKindsOnly() {
        OnWarningSpec lower = OnWarningSpec.of(Reaction.LOWER_RATE, Map.of(Kind.PLATEAU, Reaction.REPORT))
                .orElseThrow();
        Watchdog watchdog = new Watchdog(STEPS, 8, lower);
        for (int step = 0; step < STEPS; step++) {
            double loss = step % 40 == 39 ? 30 : 3 + 0.01 * (step % 3);
            watchdog.replay(signals(step, 0, loss, 0.1));
        }
        assertThat(watchdog.warnings()).extracting(TrainingWarning::kind).contains(Kind.SPIKE);
        long lowered = watchdog.warnings().stream()
                .filter(warning -> warning.reaction() == Reaction.LOWER_RATE)
                .count();
        assertThat(watchdog.rateFactor()).isEqualTo(1.0 / (1 << lowered));
        assertThat(watchdog.rateFactor()).isBetween(1.0 / 16, 0.5);
        assertThat(watchdog.stop()).isEmpty();
    }

    /** After every step, a watchdog that reads the ledger from the beginning is where the first one is. */
    @Test
    void isAFunctionOfTheLedger() {
        Random random = new Random(5);
        OnWarningSpec lower = OnWarningSpec.of(Reaction.LOWER_RATE, Map.of()).orElseThrow();
        Watchdog live = new Watchdog(STEPS, 8, lower);
        List<StepSignals> lines = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            StepSignals line =
                    signals(step, step / 100, 3 + step / 100.0 + random.nextGaussian(), random.nextGaussian());
            lines.add(line);
            live.replay(line);
            if (step % 29 == 0) {
                Watchdog again = new Watchdog(STEPS, 8, lower);
                lines.forEach(again::replay);
                assertThat(again.warnings()).isEqualTo(live.warnings());
                assertThat(again.rateFactor()).isEqualTo(live.rateFactor());
            }
        }
        assertThat(live.warnings()).isNotEmpty();
    }

    private static List<TrainingWarning> warnings(OnWarningSpec onWarning, IntFunction<StepSignals> steps) {
        Watchdog watchdog = new Watchdog(STEPS, 8, onWarning);
        for (int step = 0; step < STEPS; step++) {
            watchdog.replay(steps.apply(step));
        }
        return watchdog.warnings();
    }

    private static StepSignals signals(int step, int epoch, double loss, double agreement) {
        return new StepSignals(step, epoch, loss, 1e-3, 100, agreement, 0, null, null, false);
    }
}
