package dev.septet.examples.benchmarks.training;

import java.util.List;

/**
 * A comparison of contestants.
 *
 * @param title heading of the table
 * @param target the intended ratios, as text
 * @param contestants the compared programs; ratios are to the last one
 */
public record SpeedComparison(String title, String target, List<Contestant> contestants) {
    /** The text above the table, in Markdown. */
    String heading() {
        return "\n### " + title + "\n\nTarget: " + target + "\n\n";
    }
}
