package dev.septet.examples.benchmarks.estimate;

import java.util.Locale;

/** A table in Markdown. */
final class EstimateTable {
    static final String HEAD =
            "| model | method | activations | memory, MB, estimated | measured | error | s,"
                    + " estimated | measured | error |\n"
                    + "| --- | --- | --- | --- | --- | --- | --- | --- | --- |";

    private static final double MEGABYTE = 1e6;

    private EstimateTable() {}

    static String row(String model, String method, boolean recompute, EstimatedRun.Result run) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %.0f | %.0f | %+.0f %% | %.2f | %.2f | %+.0f %% |",
                model,
                method,
                recompute ? "anew" : "kept",
                run.estimatedBytes() / MEGABYTE,
                run.peakBytes() / MEGABYTE,
                100 * ((double) run.estimatedBytes() / run.peakBytes() - 1),
                run.estimatedSeconds(),
                run.seconds(),
                100 * (run.estimatedSeconds() / run.seconds() - 1));
    }
}
