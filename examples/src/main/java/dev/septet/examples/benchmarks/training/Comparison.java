package dev.septet.examples.benchmarks.training;

import java.util.List;

/**
 * What is measured against what.
 *
 * @param title heads the table
 * @param target what the ratios should be, in words
 * @param contestants the last is the one that ratios are against
 */
public record Comparison(String title, String target, List<Contestant> contestants) {
    /** What stands above the table, in Markdown. */
    String heading() {
        return "\n### " + title + "\n\nTarget: " + target + "\n\n";
    }
}
