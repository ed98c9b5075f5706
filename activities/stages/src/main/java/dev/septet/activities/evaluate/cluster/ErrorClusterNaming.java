package dev.septet.activities.evaluate.cluster;

import dev.septet.activities.evaluate.gate.Rate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Assigns rows to the groups of failed rows, and names the groups.
 *
 * @param search what is searched
 * @param placed the rows with vectors
 * @param rows numbers of all searched rows
 * @param failed number of these that fail
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ErrorClusterNaming(ErrorClusterSearch search, List<PlacedRow> placed, int[] rows, int failed) {
    private static final int EXAMPLES = 5;
    private static final int WORDS_OF_NAME = 3;

    /**
     * A row with a vector.
     *
     * @param vector in the space; null for a row that is exactly the mean
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record PlacedRow(int row, float @Nullable [] vector) {
        float[] direction() {
            float[] known = vector;
            if (known == null) {
                throw new IllegalStateException(String.format(Locale.ROOT, "row %d has no direction", row));
            }
            return known;
        }
    }

    /**
     * A group of failed rows.
     *
     * @param radius largest distance of its rows from the centroid
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Group(float[] centroid, double radius) {}

    /**
     * The clusters, the one with the most failed rows first.
     *
     * @param clusters and {@code centroids} in the same order
     */
    record Named(List<ErrorClusters.Cluster> clusters, List<ClusterFile.Centroid> centroids) {}

    Named of(List<Group> groups) {
        List<ClusterFile.Centroid> centroids = groups.stream()
                .map(group -> new ClusterFile.Centroid("", group.radius, group.centroid, List.of(), 0, 0))
                .toList();
        List<List<PlacedRow>> members = new ArrayList<>();
        centroids.forEach(centroid -> members.add(new ArrayList<>()));
        for (PlacedRow row : placed) {
            float[] vector = row.vector;
            int nearest = vector == null ? -1 : ClusterFile.nearest(vector, centroids);
            if (nearest >= 0) {
                members.get(nearest).add(row);
            }
        }
        List<Integer> order = IntStream.range(0, centroids.size())
                .boxed()
                .filter(at -> failedOf(members.get(at)) > 0)
                .sorted(Comparator.comparingLong(at -> -failedOf(members.get(at))))
                .toList();
        CommonestWords words = new CommonestWords(search.texts());
        Set<String> names = new HashSet<>();
        List<ErrorClusters.Cluster> clusters = new ArrayList<>();
        List<ClusterFile.Centroid> saved = new ArrayList<>();
        for (int at : order) {
            ClusterFile.Centroid centroid = centroids.get(at);
            ErrorClusters.Cluster cluster = cluster(members.get(at), centroid, words, names, clusters.size() + 1);
            clusters.add(cluster);
            saved.add(new ClusterFile.Centroid(
                    cluster.name(),
                    centroid.radius(),
                    centroid.vector(),
                    cluster.words(),
                    cluster.rows(),
                    cluster.failed()));
        }
        return new Named(clusters, saved);
    }

    private long failedOf(List<PlacedRow> members) {
        return members.stream().filter(row -> search.rule().fails(row.row)).count();
    }

    private ErrorClusters.Cluster cluster(
            List<PlacedRow> members,
            ClusterFile.Centroid centroid,
            CommonestWords words,
            Set<String> names,
            int number) {
        List<PlacedRow> failures =
                members.stream().filter(row -> search.rule().fails(row.row)).toList();
        Set<Integer> own = members.stream().map(PlacedRow::row).collect(Collectors.toSet());
        List<ErrorClusters.NamedWord> common = words.of(
                failures.stream().map(PlacedRow::row).toList(),
                Arrays.stream(rows).boxed().filter(row -> !own.contains(row)).toList());
        List<PlacedRow> examples = failures.stream()
                .sorted(Comparator.comparingDouble(
                                (PlacedRow row) -> Vectors.distance(row.direction(), centroid.vector()))
                        .thenComparing(PlacedRow::row))
                .limit(EXAMPLES)
                .toList();
        Rate rate = new Rate("failures", failures.size(), members.size(), 0, "");
        return new ErrorClusters.Cluster(
                name(common, names, number),
                common,
                members.size(),
                failures.size(),
                rate.value(),
                rate.interval(),
                (double) failures.size() / failed,
                examples.stream().map(row -> search.places().get(row.row)).toList(),
                examples.stream().map(PlacedRow::row).toList());
    }

    private static String name(List<ErrorClusters.NamedWord> words, Set<String> names, int number) {
        String name = words.isEmpty()
                ? String.format(Locale.ROOT, "cluster %d", number)
                : words.stream()
                        .limit(WORDS_OF_NAME)
                        .map(ErrorClusters.NamedWord::word)
                        .collect(Collectors.joining(", "));
        String unique = names.contains(name) ? String.format(Locale.ROOT, "%s (%d)", name, number) : name;
        names.add(unique);
        return unique;
    }
}
