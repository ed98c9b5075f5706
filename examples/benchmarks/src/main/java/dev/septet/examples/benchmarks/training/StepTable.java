package dev.septet.examples.benchmarks.training;

import java.util.List;
import java.util.Locale;

/** Prints a comparison as a Markdown table. Ratios are medians compared with the last row. */
final class StepTable {
    private StepTable() {}

    static String of(SpeedComparison comparison, List<Measured> rows) {
        return of(comparison, rows, List.of());
    }

    /**
     * @param tooLarge names of the contestants that had too little memory
     */
    static String of(SpeedComparison comparison, List<Measured> rows, List<String> tooLarge) {
        StringBuilder text = new StringBuilder(comparison.heading());
        text.append("| program | ms/token, least | ms/token, median | tokens/s | speed | speed by least"
                + " | peak memory, MB | memory | first loss | last loss |\n");
        text.append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (Measured row : rows) {
            Measured last = rows.get(rows.size() - 1);
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f | %.2f | %.0f | %.2f | %.2f | %.0f | %.2f | %.4f | %.4f" + " |%n",
                    row.name(),
                    row.least(),
                    row.median(),
                    1000 / row.median(),
                    last.median() / row.median(),
                    last.least() / row.least(),
                    row.peakMemory() / 1e6,
                    (double) row.peakMemory() / last.peakMemory(),
                    row.firstLoss(),
                    row.lastLoss()));
        }
        for (String name : tooLarge) {
            text.append("| %s | does not fit | | | | | | | | |%n".formatted(name));
        }
        return text.toString();
    }
}
