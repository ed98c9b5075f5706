package dev.septet.examples.driftrates;

import dev.septet.activities.monitor.prompt.EnginePromptReaders;
import dev.septet.activities.monitor.prompt.PromptReader;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.spec.MonitorSpec;
import dev.septet.dsl.spec.Precision;
import dev.septet.examples.traffic.Shift;
import dev.septet.workflows.monitor.DriftFinding;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Measures a pipeline's monitor on streams of support tickets whose shift is known, and prints
 * Markdown. The base model of the quickstart reads them; equal arguments print equal numbers.
 */
public final class DriftRates {
    /** Seed of the requests. */
    public static final long SEED = 11;

    static final int ORDINARY = 6000;
    static final int SHIFTED = 700;

    private static final List<Double> SHARES = List.of(0.4, 0.2, 0.1);

    private static final int KINDS = Shift.values().length - 1;

    private DriftRates() {}

    /** Usage: {@code DriftRates [EXAMPLES-FOLDER [STREAMS]]}. */
    public static void main(String[] arguments) throws IOException {
        Path examples = Path.of(arguments.length > 0 ? arguments[0] : "examples");
        int streams = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
        MonitorSpec spec = monitor(examples);
        Pool pool = pool(examples, ORDINARY, SHIFTED);
        List<String> detectors = spec.drifts().stream().map(DriftFinding::title).toList();
        calm(Rates.calm(pool, spec, streams), detectors);
        for (double share : SHARES) {
            shifted(pool, spec, share, (streams + KINDS - 1) / KINDS, detectors);
        }
    }

    /** The monitor that the example declares. */
    public static MonitorSpec monitor(Path examples) throws IOException {
        Path file = examples.resolve("drift-retraining/pipeline.groovy");
        return Objects.requireNonNull(
                PipelineCompiler.compile(file, Map.of()).spec().orElseThrow().monitor());
    }

    /** Requests, read by the base model. */
    public static Pool pool(Path examples, int ordinary, int shifted) {
        Path model = examples.resolve("quickstart/base-model");
        try (PromptReader reader = new EnginePromptReaders().open(model, null, Precision.FLOAT32)) {
            return new Pool(SEED, ordinary, shifted, reader);
        }
    }

    private static void calm(Rates rates, List<String> detectors) {
        long looks = (long) rates.lives().size() * rates.windows();
        line("| detector | looks that say drift | streams that raise the alarm |");
        line("| --- | --- | --- |");
        for (String detector : detectors) {
            line(
                    "| %s | %s | %s |",
                    detector,
                    of(rates.looks(detector), looks),
                    of(rates.alarms(detector), rates.lives().size()));
        }
        line(
                "| **all nine** | %s | %s |",
                of(rates.looks(), looks), of(rates.alarms(), rates.lives().size()));
        line("");
    }

    private static void shifted(
            Pool pool, MonitorSpec spec, double share, int streams, List<String> detectors)
            throws IOException {
        long seen = 0;
        line(
                "| %.0f %% shifted | all nine | looks | %s |",
                share * 100, String.join(" | ", detectors));
        line("| --- | --- | --- |%s", " --- |".repeat(detectors.size()));
        for (Shift shift : Shift.values()) {
            if (shift != Shift.NONE) {
                Rates rates = Rates.shifted(pool, spec, shift, share, 0, streams);
                seen += rates.alarms();
                StringBuilder row = new StringBuilder();
                for (String detector : detectors) {
                    row.append(" %d |".formatted(rates.alarms(detector)));
                }
                line(
                        "| %s | %s | %.1f |%s",
                        shift.name().toLowerCase(Locale.ROOT),
                        of(rates.alarms(), streams),
                        rates.delay(),
                        row);
            }
        }
        line(
                "| **all kinds** | %s | |%s",
                of(seen, KINDS * (long) streams), " |".repeat(detectors.size()));
        line("");
    }

    private static String of(long part, long whole) {
        return String.format(Locale.ROOT, "%d of %d (%.1f %%)", part, whole, 100.0 * part / whole);
    }

    private static void line(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
