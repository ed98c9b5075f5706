package dev.septet.activities.evaluate.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The clusters of failed rows, as a table with samples; texts are for people.
 *
 * @param summary what was searched
 * @param note why there are no clusters; null when there are some
 */
public record ClusterSection(String summary, @Nullable String note, List<Line> lines) {
    public ClusterSection {
        lines = List.copyOf(lines);
    }

    /**
     * One cluster.
     *
     * @param name from words of the rows
     * @param wanted which rows are requested
     * @param samples some of its failed rows
     */
    public record Line(
            String name,
            int rows,
            int failed,
            String rate,
            String interval,
            String share,
            String words,
            String wanted,
            List<Sample> samples) {
        public Line {
            samples = List.copyOf(samples);
        }
    }
}
