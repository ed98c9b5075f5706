package dev.septet.examples.driftrates;

import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.examples.traffic.Shift;
import dev.septet.workflows.monitor.DriftFinding;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Prints rates as Markdown. */
public final class RatesTable {
    private static final List<Shift> SHIFTS =
            Arrays.stream(Shift.values()).filter(shift -> shift != Shift.NONE).toList();

    private final MonitorSpec spec;
    private final List<String> detectors;
    private final Pool pool;

    public RatesTable(MonitorSpec spec, Pool pool) {
        this.spec = spec;
        this.pool = pool;
        detectors = spec.drifts().stream().map(DriftFinding::title).toList();
    }

    /** The false alarms of each detector and of the whole monitor. */
    public String calm(Rates rates) {
        long looks = (long) rates.lives().size() * rates.windows();
        int streams = rates.lives().size();
        StringBuilder table = new StringBuilder("""
            | detector | checks that find drift | streams that raise the alarm |
            | --- | --- | --- |
            """);
        for (String detector : detectors) {
            table.append(row(detector, of(rates.looks(detector), looks), of(rates.alarms(detector), streams)));
        }
        return table.append(row("**together**", of(rates.looks(), looks), of(rates.alarms(), streams)))
                .toString();
    }

    /**
     * The streams with an alarm after a shift, for each kind of shift.
     *
     * @param share share of shifted requests
     * @param streams least number of streams of all kinds together
     */
    public String shifted(double share, int streams) throws IOException {
        int each = (streams + SHIFTS.size() - 1) / SHIFTS.size();
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "| %.0f %% shifted | together | checks | %s |%n| --- | --- | --- |%s%n",
                share * 100,
                String.join(" | ", detectors),
                " --- |".repeat(detectors.size())));
        long seen = 0;
        for (Shift shift : SHIFTS) {
            Rates rates = Rates.shifted(pool, spec, shift, share, 0, each);
            seen += rates.alarms();
            StringBuilder alone = new StringBuilder();
            for (String detector : detectors) {
                alone.append(alone.isEmpty() ? "" : " | ").append(rates.alarms(detector));
            }
            table.append(row(
                    shift.name().toLowerCase(Locale.ROOT),
                    of(rates.alarms(), each),
                    String.format(Locale.ROOT, "%.1f", rates.delay()),
                    alone.toString()));
        }
        long all = (long) each * SHIFTS.size();
        return table.append("| **all kinds** | %s | |".formatted(of(seen, all)))
                .append(" |".repeat(detectors.size()))
                .append('\n')
                .toString();
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String of(long part, long whole) {
        return String.format(Locale.ROOT, "%d of %d (%.1f %%)", part, whole, 100.0 * part / whole);
    }
}
