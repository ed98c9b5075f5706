package dev.septet.examples.benchmarks.training;

import java.util.List;
import java.util.Locale;

/** Prints methods as Markdown tables. Comparisons with LoRA refer to the last row. */
final class MethodTable {
    private MethodTable() {}

    /**
     * A method's loss on held-out rows, in nats.
     *
     * @param before loss before training, of the method's initial model
     */
    record Loss(String method, double before, double after) {}

    static String steps(SpeedComparison comparison, List<Measured> rows) {
        StringBuilder text = new StringBuilder(comparison.heading());
        text.append("| method | ms/token, least | ms/token, median | of LoRA's time, by least | by"
                + " median | peak memory, MB | of LoRA's memory |\n");
        text.append("| --- | --- | --- | --- | --- | --- | --- |\n");
        Measured lora = rows.get(rows.size() - 1);
        for (Measured row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.3f | %.3f | %.2f | %.2f | %.0f | %.2f |%n",
                    row.name(),
                    row.least(),
                    row.median(),
                    row.least() / lora.least(),
                    row.median() / lora.median(),
                    row.peakMemory() / 1e6,
                    (double) row.peakMemory() / lora.peakMemory()));
        }
        return text.toString();
    }

    static String losses(String title, List<Loss> rows) {
        StringBuilder text = new StringBuilder();
        text.append("\n### ").append(title).append("\n\n");
        text.append("Target: QLoRA within 3 % of LoRA\n\n");
        text.append("| method | before | after | against LoRA |\n| --- | --- | --- | --- |\n");
        Loss lora = rows.get(rows.size() - 1);
        for (Loss row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.4f | %.4f | %+.1f %% |%n",
                    row.method(),
                    row.before(),
                    row.after(),
                    100 * (row.after() / lora.after() - 1)));
        }
        return text.toString();
    }
}
