package dev.septet.activities.evaluate.cluster;

import dev.septet.activities.evaluate.cluster.ErrorClusterNaming.Group;
import dev.septet.activities.evaluate.cluster.ErrorClusterNaming.PlacedRow;
import dev.septet.dsl.pipeline.evaluate.ErrorClustersSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.rng.simple.RandomSource;
import org.jspecify.annotations.Nullable;

/**
 * Searches clusters of failed rows. The number of clusters is the one with the largest mean silhouette. A row belongs to the
 * nearest cluster if it is within the cluster's radius, whether it fails or not.
 *
 * @param spec what the pipeline file says
 * @param rule which rows fail
 * @param texts what is compared of each row
 * @param places place of each row
 * @param baseModel digest of the base model
 * @param layer the decoder layer, from 1
 * @param seed of the samples and of k-means
 */
public record ErrorClusterSearch(
        ErrorClustersSpec spec,
        FailureRule rule,
        List<String> texts,
        List<String> places,
        String baseModel,
        int layer,
        long seed) {
    /** Fewer failed rows have nothing in common that can be told from chance. */
    static final int LEAST_FAILED = 10;

    /** Rows with vectors, which are held in memory. */
    static final int MOST_ROWS = 5_000;

    /** Failed rows that k-means groups; further ones join the nearest group. */
    static final int MOST_CLUSTERED = 1_000;

    /** Failed rows of the smallest cluster. */
    private static final int SMALLEST = 3;

    /** With a smaller mean silhouette, the failed rows are one cluster. */
    private static final double LEAST_SILHOUETTE = 0.03;

    /** Part of a cluster's failed rows within its radius. */
    private static final double WITHIN = 0.95;

    public ErrorClusterSearch {
        texts = List.copyOf(texts);
        places = List.copyOf(places);
    }

    /** Computes the vectors of texts; empty for a text without tokens. */
    @FunctionalInterface
    public interface Embedding {
        List<Optional<float[]>> of(List<String> texts) throws IOException;
    }

    /**
     * What was found.
     *
     * @param file null without clusters
     */
    public record Found(ErrorClusters clusters, @Nullable ClusterFile file) {}

    /**
     * Searches.
     *
     * @param embedding is not called when there are too few failed rows
     * @param beat is called between steps that take seconds; what it throws ends the search
     */
    public Found run(Embedding embedding, Runnable beat) throws IOException {
        int[] measured = IntStream.range(0, texts.size()).filter(rule::measures).toArray();
        int[] rows = sample(measured, MOST_ROWS);
        int failed = (int) Arrays.stream(rows).filter(rule::fails).count();
        if (failed < LEAST_FAILED) {
            return none(
                    rows,
                    measured,
                    failed,
                    0,
                    String.format(
                            Locale.ROOT,
                            "too few failures to cluster: %d; at least %d are needed",
                            failed,
                            LEAST_FAILED));
        }
        List<Optional<float[]>> raw =
                embedding.of(Arrays.stream(rows).mapToObj(texts::get).toList());
        List<float[]> finite = raw.stream()
                .flatMap(Optional::stream)
                .filter(VectorSpace::finite)
                .toList();
        if (finite.isEmpty()) {
            return none(
                    rows,
                    measured,
                    failed,
                    rows.length,
                    "no row has a vector: the texts are empty, or the base model's hidden states are not numbers");
        }
        VectorSpace space = VectorSpace.of(finite);
        List<PlacedRow> placed = new ArrayList<>();
        for (int at = 0; at < rows.length; at++) {
            int row = rows[at];
            raw.get(at)
                    .filter(VectorSpace::finite)
                    .ifPresent(vector ->
                            placed.add(new PlacedRow(row, space.place(vector).orElse(null))));
        }
        int without = rows.length - placed.size();
        int[] failures = IntStream.range(0, placed.size())
                .filter(at -> rule.fails(placed.get(at).row()) && placed.get(at).vector() != null)
                .toArray();
        if (failures.length < LEAST_FAILED) {
            return none(
                    rows,
                    measured,
                    failed,
                    without,
                    failures.length == 0 && without == 0
                            ? "all rows have the same vector, so the failures have no clusters"
                            : String.format(
                                    Locale.ROOT,
                                    "too few failures to cluster: %d have a vector that differs from the mean; at least %d are needed",
                                    failures.length,
                                    LEAST_FAILED));
        }
        List<float[]> points = Arrays.stream(sample(failures, MOST_CLUSTERED))
                .mapToObj(at -> placed.get(at).direction())
                .toList();
        Choice choice = choose(points, beat);
        List<Group> groups = groups(points, choice);
        if (groups.isEmpty()) {
            return none(
                    rows,
                    measured,
                    failed,
                    without,
                    String.format(Locale.ROOT, "the failures have no groups of at least %d rows", SMALLEST));
        }
        ErrorClusterNaming.Named named = new ErrorClusterNaming(this, placed, rows, failed).of(groups);
        int inside = named.clusters().stream()
                .mapToInt(ErrorClusters.Cluster::failed)
                .sum();
        return new Found(
                new ErrorClusters(
                        rule.metric(),
                        rule.words(),
                        layer,
                        rows.length,
                        sampledFrom(rows, measured),
                        failed,
                        without,
                        null,
                        choice.silhouette(),
                        named.clusters(),
                        failed - inside),
                new ClusterFile(baseModel, layer, space, named.centroids()));
    }

    /** A clustering of the failed rows and its mean silhouette; null for one cluster. */
    private record Choice(
            SphericalKMeans.Clustering clustering, @Nullable Double silhouette) {}

    private Choice choose(List<float[]> points, Runnable beat) {
        SphericalKMeans kMeans = new SphericalKMeans(points);
        Silhouette silhouette = new Silhouette(points);
        Choice best = new Choice(kMeans.of(1, seed), null);
        double most = LEAST_SILHOUETTE;
        for (int k = 2; k <= Math.min(spec.most(), points.size() / SMALLEST); k++) {
            beat.run();
            SphericalKMeans.Clustering clustering = kMeans.of(k, seed + k);
            double mean =
                    silhouette.of(clustering.nearest(), clustering.centroids().size());
            if (mean > most) {
                most = mean;
                best = new Choice(clustering, mean);
            }
        }
        return best;
    }

    private static List<Group> groups(List<float[]> points, Choice choice) {
        List<Group> groups = new ArrayList<>();
        int[] nearest = choice.clustering().nearest();
        for (int cluster = 0; cluster < choice.clustering().centroids().size(); cluster++) {
            int number = cluster;
            List<float[]> own = IntStream.range(0, points.size())
                    .filter(at -> nearest[at] == number)
                    .mapToObj(points::get)
                    .toList();
            if (own.size() >= SMALLEST) {
                float[] centroid = choice.clustering().centroids().get(cluster);
                groups.add(new Group(centroid, radius(own)));
            }
        }
        return groups;
    }

    /**
     * The distance within which most rows of a cluster are. Each row is compared with the centroid of the others, because a
     * row pulls the centroid towards itself, and another row would be further away.
     */
    private static double radius(List<float[]> own) {
        double[] sum = new double[own.get(0).length];
        own.forEach(point -> Vectors.add(point, sum, 1));
        double[] distances = new double[own.size()];
        for (int at = 0; at < distances.length; at++) {
            float[] point = own.get(at);
            Vectors.add(point, sum, -1);
            distances[at] = Vectors.direction(sum)
                    .map(others -> Vectors.distance(point, others))
                    .orElse(0.0);
            Vectors.add(point, sum, 1);
        }
        Arrays.sort(distances);
        return distances[(int) Math.ceil(WITHIN * distances.length) - 1];
    }

    private Found none(int[] rows, int[] measured, int failed, int without, String note) {
        return new Found(
                new ErrorClusters(
                        rule.metric(),
                        rule.words(),
                        layer,
                        rows.length,
                        sampledFrom(rows, measured),
                        failed,
                        without,
                        note,
                        null,
                        List.of(),
                        failed),
                null);
    }

    private static @Nullable Integer sampledFrom(int[] rows, int[] measured) {
        return rows.length == measured.length ? null : (Integer) measured.length;
    }

    /** At most so many of the values, drawn at random, in their order. */
    private int[] sample(int[] values, int most) {
        if (values.length <= most) {
            return values;
        }
        int[] shuffled = values.clone();
        var random = RandomSource.XO_SHI_RO_256_PP.create(seed);
        for (int at = 0; at < most; at++) {
            int other = at + random.nextInt(shuffled.length - at);
            int kept = shuffled[at];
            shuffled[at] = shuffled[other];
            shuffled[other] = kept;
        }
        return Arrays.stream(shuffled, 0, most).sorted().toArray();
    }
}
