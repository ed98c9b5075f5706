package dev.septet.examples.benchmarks.estimate;

import java.util.Locale;

/** Prints the estimates and measurements as a Markdown table. */
final class EstimateTable {
    private static final double MEGABYTE = 1e6;

    private EstimateTable() {}

    static String head(boolean timed) {
        return "| model | method | activations | memory, MB, estimated | measured | error |"
                + (timed ? " s, estimated | measured | error |" : "")
                + "\n| --- | --- | --- | --- | --- | --- |"
                + (timed ? " --- | --- | --- |" : "");
    }

    static String row(String model, String method, boolean recompute, EstimatedRun.Result run) {
        EstimatedRun.Time time = run.time();
        return String.format(
                        Locale.ROOT,
                        "| %s | %s | %s | %.0f | %.0f | %+.0f %% |",
                        model,
                        method,
                        recompute ? "anew" : "kept",
                        run.estimatedBytes() / MEGABYTE,
                        run.peakBytes() / MEGABYTE,
                        100 * ((double) run.estimatedBytes() / run.peakBytes() - 1))
                + (time == null
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                " %.2f | %.2f | %+.0f %% |",
                                time.estimatedSeconds(),
                                time.seconds(),
                                100 * (time.estimatedSeconds() / time.seconds() - 1)));
    }
}
