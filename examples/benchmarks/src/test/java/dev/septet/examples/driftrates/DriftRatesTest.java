package dev.septet.examples.driftrates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.monitor.DriftSpec.Detector;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.examples.traffic.Customers;
import dev.septet.examples.traffic.Shift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The example's monitor on streams of tickets: at most one in twenty that never shifts raises the
 * alarm, and at least nineteen in twenty that do. Two hundred of each kind for the detectors that
 * are cheap, fewer for all nine; {@link DriftRates} measures two hundred of all.
 */
@Tag("long")
class DriftRatesTest {
    private static final Path EXAMPLES = Path.of("..");
    private static final Path PAGE = Path.of("../../.github/docs/monitoring.md");
    private static final Set<Detector> CHEAP = Set.of(
            Detector.PSI,
            Detector.KS,
            Detector.JENSEN_SHANNON,
            Detector.PERPLEXITY,
            Detector.FEEDBACK,
            Detector.REFUSAL);
    private static final int STREAMS = 200;

    private static MonitorSpec whole = SpecOf.nothing();
    private static Pool pool = new Pool(0, 0, 0, new LetterModel(List.of()));

    @BeforeAll
    static void read() throws IOException {
        Customers others = new Customers(DriftRates.SEED, "letters");
        whole = DriftRates.monitor(EXAMPLES);
        pool = new Pool(
                DriftRates.SEED,
                4000,
                1000,
                new LetterModel(LongStream.range(0, 2000)
                        .mapToObj(n -> others.ask(Shift.NONE, n).question())
                        .toList()));
    }

    @Test
    void cheapDetectorsRaiseFewFalseAlarmsAndMissFewShifts() throws IOException {
        MonitorSpec cheap = SpecOf.only(whole, CHEAP);
        RatesTable table = new RatesTable(cheap, pool);
        Rates calm = Rates.calm(pool, cheap, STREAMS);
        assertThat(calm.alarms()).isLessThanOrEqualTo(STREAMS / 20);
        String shifted = table.shifted(0.4, STREAMS);
        String measured = table.calm(calm) + "\n" + shifted;
        if (Boolean.getBoolean("golden.update")) {
            update(measured);
        }
        assertThat(Files.readString(PAGE)).contains(measured);
        assertThat(share(shifted)).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void allNineTogetherRaiseFewFalseAlarmsAndMissFewShifts() throws IOException {
        assertThat(whole.drifts()).hasSize(9);
        assertThat(Rates.calm(pool, whole, 8).alarms()).isZero();
        RatesTable table = new RatesTable(whole, pool);
        assertThat(share(table.shifted(0.4, 14))).isGreaterThanOrEqualTo(0.95);
    }

    /** What the last row says. */
    private static double share(String table) {
        List<String> rows = table.lines().toList();
        String[] words = rows.get(rows.size() - 1).split("\\|")[2].strip().split(" ");
        return Double.parseDouble(words[0]) / Double.parseDouble(words[2]);
    }

    private static void update(String measured) throws IOException {
        List<String> lines = new ArrayList<>();
        boolean within = false;
        for (String line : Files.readAllLines(PAGE)) {
            if (line.equals("<!-- /measured in the build -->")) {
                within = false;
            }
            if (!within) {
                lines.add(line);
            }
            if (line.equals("<!-- measured in the build -->")) {
                lines.add(measured.stripTrailing());
                within = true;
            }
        }
        Files.writeString(PAGE, String.join("\n", lines) + "\n");
    }
}
