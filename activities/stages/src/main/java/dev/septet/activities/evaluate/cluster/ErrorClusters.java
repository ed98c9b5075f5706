package dev.septet.activities.evaluate.cluster;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.evaluate.gate.Interval;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the rows have in common that a model fails.
 *
 * @param metric name of the metric or score that says which rows fail
 * @param rule which rows fail, in words
 * @param layer the decoder layer of the base model whose hidden states were compared
 * @param rows number of measured rows of the test split; of its sample, if {@code sampledFrom} is set
 * @param sampledFrom number of all rows, when a sample of them was searched; null without a sample
 * @param failed number of the rows that fail
 * @param withoutVector number of the rows without a text, or whose hidden states are not numbers
 * @param note why there are no clusters; null when there are some
 * @param silhouette mean silhouette of the chosen clusters; null for fewer than two clusters
 * @param clusters with the most failed rows first
 * @param others number of failed rows in no cluster
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ErrorClusters(
        String metric,
        String rule,
        int layer,
        int rows,
        @Nullable Integer sampledFrom,
        int failed,
        int withoutVector,
        @Nullable String note,
        @Nullable Double silhouette,
        List<Cluster> clusters,
        int others) {
    public ErrorClusters {
        clusters = List.copyOf(clusters);
    }

    /**
     * A cluster: the rows whose vector is nearest to its centroid and within its radius.
     *
     * @param name its first words
     * @param words common in its failed rows and rare elsewhere, the clearest first
     * @param rows number of its rows
     * @param failed number of its rows that fail
     * @param rate share of its rows that fail
     * @param interval 95 % interval of the rate. The rows that fail chose the cluster, so the rate on other rows is
     *     probably smaller
     * @param share share of all failed rows
     * @param examples places of its failed rows that are nearest to the centroid
     * @param exampleRows indexes of the same rows in the test split
     */
    public record Cluster(
            String name,
            List<NamedWord> words,
            int rows,
            int failed,
            double rate,
            Interval interval,
            double share,
            List<String> examples,
            List<Integer> exampleRows) {
        public Cluster {
            words = List.copyOf(words);
            examples = List.copyOf(examples);
            exampleRows = List.copyOf(exampleRows);
        }
    }

    /**
     * A word of a cluster.
     *
     * @param rows number of the cluster's failed rows that have it
     */
    public record NamedWord(String word, int rows) {}
}
