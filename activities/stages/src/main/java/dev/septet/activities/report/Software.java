package dev.septet.activities.report;

import dev.septet.activities.evaluate.report.SummaryLine;
import java.util.List;

/** Versions of the software that wrote a report. */
final class Software {
    private Software() {}

    static List<SummaryLine> lines() {
        return List.of(
                new SummaryLine("septet", orSource(Software.class.getPackage().getImplementationVersion())),
                new SummaryLine("java", System.getProperty("java.version", "unknown")),
                new SummaryLine("system", System.getProperty("os.name", "") + " " + System.getProperty("os.arch", "")));
    }

    private static String orSource(@org.jspecify.annotations.Nullable String version) {
        return version == null ? "built from source" : version;
    }
}
