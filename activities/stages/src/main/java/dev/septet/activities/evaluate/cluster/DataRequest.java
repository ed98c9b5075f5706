package dev.septet.activities.evaluate.cluster;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.Power;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are wanted because a model fails such rows.
 *
 * @param pipeline name of the pipeline
 * @param metric name of the metric or score that says which rows fail
 * @param rule which rows fail, in words
 * @param rows number of rows in which clusters were searched
 * @param failed number of them that fail
 * @param note why nothing is requested; null when something is
 * @param clusters one request for each cluster, the most failed rows first
 * @param add the lines of the pipeline file that use the rows and the clusters; empty when nothing is requested
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DataRequest(
        int version,
        String pipeline,
        String metric,
        String rule,
        int rows,
        int failed,
        @Nullable String note,
        List<Wanted> clusters,
        List<Line> add) {
    /** Its names in the artifact of an evaluation. */
    public static final String NAME = "data-request.json";

    /** The same for people. */
    public static final String PAGE = "data-request.md";

    /** How much worse than all rows a cluster may be, when its rows are counted that decide it. */
    private static final double GAP = 0.1;

    private static final int VERSION = 1;

    public DataRequest {
        clusters = List.copyOf(clusters);
        add = List.copyOf(add);
    }

    /**
     * A line for a block of the pipeline file.
     *
     * @param block such as {@code prepare}
     */
    public record Line(String block, String line) {}

    /**
     * The rows that are wanted of one kind.
     *
     * @param name name of the cluster
     * @param words common in its failed rows and rare elsewhere
     * @param rows number of its rows in the test split
     * @param failed number of these that fail
     * @param share share of all failed rows
     * @param trainingRows more training rows: the training split probably has about this number of rows of the cluster
     *     that the model would fail too, so that each of them gets another one
     * @param testRows more test rows, with which a slice of the cluster decides whether it is worse than all rows by at most
     *     10 % with a power of 80 %; 0 when it has enough, null when no row passes, so that any number is too small
     * @param examples places of failed rows
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Wanted(
            String name,
            List<String> words,
            int rows,
            int failed,
            double share,
            long trainingRows,
            @Nullable Integer testRows,
            List<String> examples) {
        public Wanted {
            words = List.copyOf(words);
            examples = List.copyOf(examples);
        }

        /** What is wanted, in words. */
        public String inWords() {
            Integer test = testRows;
            String training = String.format(Locale.ROOT, "%,d more training rows", trainingRows);
            return test == null || test == 0
                    ? training
                    : String.format(Locale.ROOT, "%s, and %,d more test rows", training, test);
        }
    }

    /**
     * The request for the clusters of an evaluation.
     *
     * @param trainRows number of rows of the training split
     */
    public static DataRequest of(String pipeline, ErrorClusters found, long trainRows) {
        double passing = 1 - (double) found.failed() / Math.max(1, found.rows());
        List<Wanted> wanted = new ArrayList<>();
        for (ErrorClusters.Cluster cluster : found.clusters()) {
            wanted.add(new Wanted(
                    cluster.name(),
                    cluster.words().stream().map(ErrorClusters.NamedWord::word).toList(),
                    cluster.rows(),
                    cluster.failed(),
                    cluster.share(),
                    Math.max(1, Math.round((double) cluster.failed() / found.rows() * trainRows)),
                    passing > 0 ? Math.max(0, Power.rowsOfSlice(passing, GAP) - cluster.rows()) : null,
                    cluster.examples()));
        }
        return new DataRequest(
                VERSION,
                pipeline,
                found.metric(),
                found.rule(),
                found.rows(),
                found.failed(),
                found.note(),
                wanted,
                wanted.isEmpty()
                        ? List.of()
                        : List.of(
                                new Line("prepare", "dataset 'data/more-rows.jsonl'"),
                                new Line(
                                        "evaluate",
                                        "slices by: 'errorCluster', from: 'data/error-clusters.json', maxGap:"
                                                + " 10.percent")));
    }

    /** The request as JSON. */
    public String json() throws IOException {
        return SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
    }

    /** The request as a page of Markdown. */
    public String markdown() {
        StringBuilder page = new StringBuilder("# Rows wanted for %s\n\n".formatted(pipeline));
        page.append(String.format(Locale.ROOT, "%,d of %,d test rows fail: %s.\n", failed, rows, rule));
        if (note != null) {
            return page.append("\nNo rows are requested: ")
                    .append(note)
                    .append(".\n")
                    .toString();
        }
        for (Wanted each : clusters) {
            page.append("\n## %s\n\n".formatted(each.name()));
            page.append(String.format(
                    Locale.ROOT,
                    "* %,d of %,d rows of this kind fail, %s of all failures.\n",
                    each.failed(),
                    each.rows(),
                    Figures.share(each.share())));
            page.append("* Wanted: %s.\n".formatted(each.inWords()));
            page.append("* Words: %s.\n".formatted(each.words().isEmpty() ? "none" : String.join(", ", each.words())));
            page.append("* Examples: %s.\n".formatted(String.join(", ", each.examples())));
        }
        page.append("\n## How to add them\n\nPut the rows into a file, and add these lines to the pipeline file:\n");
        for (Line line : add) {
            page.append("\n`%s`:\n\n```groovy\n%s\n```\n".formatted(line.block(), line.line()));
        }
        return page.append("\n`septet data request RUN --save data/error-clusters.json` writes the clusters' file.\n")
                .toString();
    }
}
