package dev.septet.activities.evaluate.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The file {@code error-clusters.json}: all that is needed to find the cluster of another row. A person may change the names.
 *
 * @param baseModel digest of the base model whose hidden states are compared
 * @param layer the decoder layer, from 1
 * @param clusters at least one
 * @param sha256 digest of the bytes that it was read from; empty for new clusters
 */
public record ClusterFile(String baseModel, int layer, VectorSpace space, List<Centroid> clusters, String sha256) {
    /** Its name in the artifact of an evaluation. */
    public static final String NAME = "error-clusters.json";

    /** The slice of rows that are near no cluster. */
    public static final String OTHER = "(other)";

    private static final String FORMAT = "septet.error-clusters";
    private static final int VERSION = 1;
    private static final int MOST_BYTES = 64 << 20;

    /** A set of rows has at most 200 slices, and two of them are no clusters. */
    private static final int MOST_CLUSTERS = 198;

    private static final int MOST_DIMENSIONS = 1 << 16;
    private static final int LONGEST_NAME = 200;

    public ClusterFile {
        clusters = List.copyOf(clusters);
    }

    /** Clusters that were not read from a file. */
    public ClusterFile(String baseModel, int layer, VectorSpace space, List<Centroid> clusters) {
        this(baseModel, layer, space, clusters, "");
    }

    /**
     * A cluster.
     *
     * @param radius largest cosine distance of its rows from the centroid
     * @param vector of length 1, in the space of the file
     * @param words the commonest words, for people
     * @param rows number of its rows in the exam that found it
     * @param failed number of them that failed
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Centroid(
            String name, double radius, float[] vector, List<ErrorClusters.NamedWord> words, int rows, int failed) {
        Centroid {
            words = List.copyOf(words);
        }
    }

    /** Number of dimensions of the vectors. */
    int dimensions() {
        return space.mean().length;
    }

    /** The name of the cluster of a vector, or {@value #OTHER}; empty for a vector without a place in the space. */
    public Optional<String> nameOf(float[] vector) {
        return space.place(vector).map(placed -> {
            int nearest = nearest(placed, clusters);
            return nearest < 0 ? OTHER : clusters.get(nearest).name();
        });
    }

    /** Number of the nearest cluster; -1 when the vector is not within its radius. */
    static int nearest(float[] placed, List<Centroid> clusters) {
        int nearest = -1;
        double least = Double.MAX_VALUE;
        for (int at = 0; at < clusters.size(); at++) {
            double distance = Vectors.distance(placed, clusters.get(at).vector());
            if (distance < least) {
                least = distance;
                nearest = at;
            }
        }
        return nearest >= 0 && least <= clusters.get(nearest).radius() ? nearest : -1;
    }

    /** The JSON. Equal clusters give equal bytes. */
    public String json() {
        ObjectNode root = SpecJson.mapper().createObjectNode();
        root.put("format", FORMAT);
        root.put("version", VERSION);
        root.put("baseModel", baseModel);
        root.put("layer", layer);
        numbers(root.putArray("mean"), space.mean());
        numbers(root.putArray("deviation"), space.deviation());
        ArrayNode all = root.putArray("clusters");
        for (Centroid cluster : clusters) {
            ObjectNode node = all.addObject();
            node.put("name", cluster.name());
            node.set("words", SpecJson.mapper().valueToTree(cluster.words()));
            node.put("rows", cluster.rows());
            node.put("failed", cluster.failed());
            node.put("radius", cluster.radius());
            numbers(node.putArray("centroid"), cluster.vector());
        }
        return root + "\n";
    }

    private static void numbers(ArrayNode array, float[] numbers) {
        for (float number : numbers) {
            array.add(number);
        }
    }

    /**
     * Reads a file.
     *
     * @param name its name in the pipeline file
     * @throws StageProblem INVALID_PIPELINE saying what is wrong with it
     */
    public static ClusterFile read(Path file, String name) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw wrong(name, "there is no such file");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1); // the file may grow meanwhile
        }
        if (bytes.length > MOST_BYTES) {
            throw wrong(name, "it is larger than 64 MB");
        }
        JsonNode root;
        try {
            root = SpecJson.mapper().readTree(bytes);
        } catch (JsonProcessingException e) {
            throw wrong(name, "it is not JSON");
        }
        if (root == null || !root.path("format").asText().equals(FORMAT)) {
            throw wrong(name, "its `format` is not \"%s\"".formatted(FORMAT));
        }
        if (root.path("version").asInt() != VERSION) {
            throw wrong(
                    name, String.format(Locale.ROOT, "its `version` is not %d; use the Septet that wrote it", VERSION));
        }
        String base = root.path("baseModel").asText();
        if (!base.matches("[0-9a-f]{64}")) {
            throw wrong(name, "its `baseModel` is not a sha256");
        }
        int layer = root.path("layer").asInt();
        if (layer < 1) {
            throw wrong(name, "its `layer` is not a number from 1");
        }
        float[] mean = vector(root.path("mean"), name, "mean");
        float[] deviation = vector(root.path("deviation"), name, "deviation");
        if (mean.length != deviation.length) {
            throw wrong(name, "`mean` and `deviation` have different lengths");
        }
        return new ClusterFile(
                base, layer, new VectorSpace(mean, deviation), clusters(root, name, mean.length), Sha256.of(bytes));
    }

    private static List<Centroid> clusters(JsonNode root, String file, int dimensions) {
        JsonNode all = root.path("clusters");
        if (!all.isArray() || all.isEmpty() || all.size() > MOST_CLUSTERS) {
            throw wrong(
                    file, String.format(Locale.ROOT, "`clusters` is not a list of 1 to %d clusters", MOST_CLUSTERS));
        }
        List<Centroid> clusters = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int at = 0; at < all.size(); at++) {
            JsonNode node = all.get(at);
            String where = String.format(Locale.ROOT, "clusters[%d]", at);
            String name = node.path("name").asText().strip();
            if (name.isEmpty() || name.length() > LONGEST_NAME || !name.matches("\\P{C}*") || name.startsWith("(")) {
                throw wrong(
                        file,
                        String.format(
                                Locale.ROOT,
                                "`%s.name` is not a name of 1 to %d characters that are not hidden, and that does not begin with (",
                                where,
                                LONGEST_NAME));
            }
            if (!names.add(name)) {
                throw wrong(file, "`%s.name` is the name of two clusters".formatted(where));
            }
            double radius = node.path("radius").asDouble(Double.NaN);
            if (!(radius >= 0 && radius <= 2)) {
                throw wrong(file, "`%s.radius` is not a number from 0 to 2".formatted(where));
            }
            float[] given = vector(node.path("centroid"), file, where + ".centroid");
            if (given.length != dimensions) {
                throw wrong(file, "`%s.centroid` has not the length of `mean`".formatted(where));
            }
            float[] centroid = Vectors.unit(given)
                    .orElseThrow(() -> wrong(file, "`%s.centroid` has the length 0".formatted(where)));
            clusters.add(new Centroid(
                    name,
                    radius,
                    centroid,
                    List.of(),
                    node.path("rows").asInt(),
                    node.path("failed").asInt()));
        }
        return clusters;
    }

    private static float[] vector(JsonNode node, String file, String where) {
        if (!node.isArray() || node.isEmpty() || node.size() > MOST_DIMENSIONS) {
            throw wrong(
                    file, String.format(Locale.ROOT, "`%s` is not a list of 1 to %,d numbers", where, MOST_DIMENSIONS));
        }
        float[] vector = new float[node.size()];
        for (int at = 0; at < vector.length; at++) {
            JsonNode number = node.get(at);
            vector[at] = number.isNumber() ? number.floatValue() : Float.NaN;
            if (!Float.isFinite(vector[at])) {
                throw wrong(file, String.format(Locale.ROOT, "`%s[%d]` is not a number", where, at));
            }
        }
        return vector;
    }

    private static StageProblem wrong(String name, String reason) {
        return StageProblem.invalid(
                "evaluate: `slices from: '%s'`: %s; write the file again with `septet data request RUN --save '%s'`"
                        .formatted(name, reason, name));
    }
}
