package dev.septet.activities.evaluate.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * k-means of vectors of length 1 by their cosine, with the seeds of k-means++. One thread computes it in the order of the
 * points, and the random numbers have a seed: equal points give equal clusters.
 *
 * @see <a href="https://doi.org/10.1023/A:1007612920971">Dhillon and Modha, 2001: spherical k-means</a>
 * @see <a href="https://dl.acm.org/doi/10.5555/1283383.1283494">Arthur and Vassilvitskii, 2007: k-means++</a>
 */
final class SphericalKMeans {
    private static final int RESTARTS = 4;
    private static final int MOST_ITERATIONS = 50;

    private final List<float[]> points;

    SphericalKMeans(List<float[]> points) {
        this.points = List.copyOf(points);
    }

    /**
     * A clustering.
     *
     * @param nearest the cluster of each point, from 0; a cluster may have no point
     * @param cost sum of the points' distances to their centroids
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Clustering(List<float[]> centroids, int[] nearest, double cost) {}

    /** The best of a few clusterings into at most k clusters; the first of equally good ones. */
    Clustering of(int k, long seed) {
        UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(seed);
        Clustering best = once(k, random);
        for (int restart = 1; restart < RESTARTS; restart++) {
            Clustering other = once(k, random);
            if (other.cost < best.cost) {
                best = other;
            }
        }
        return best;
    }

    private Clustering once(int k, UniformRandomProvider random) {
        List<float[]> centroids = seeds(k, random);
        int[] nearest = new int[points.size()];
        Arrays.fill(nearest, -1);
        double cost = assign(centroids, nearest);
        for (int iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
            centroids = means(centroids, nearest);
            int[] before = nearest.clone();
            cost = assign(centroids, nearest);
            if (Arrays.equals(before, nearest)) {
                break;
            }
        }
        return new Clustering(centroids, nearest, cost);
    }

    /** The first at random, each further one with a probability in proportion to its squared distance. */
    private List<float[]> seeds(int k, UniformRandomProvider random) {
        List<float[]> seeds = new ArrayList<>();
        seeds.add(points.get(random.nextInt(points.size())));
        double[] distances = new double[points.size()];
        Arrays.fill(distances, Double.MAX_VALUE);
        while (seeds.size() < k) {
            float[] last = seeds.get(seeds.size() - 1);
            double sum = 0;
            for (int at = 0; at < distances.length; at++) {
                // The squared Euclidean distance of vectors of length 1 is twice the cosine distance.
                distances[at] = Math.min(distances[at], Vectors.distance(points.get(at), last));
                sum += distances[at];
            }
            if (sum <= 0) {
                break; // every point is a seed
            }
            double target = random.nextDouble() * sum;
            int chosen = -1;
            for (int at = 0; at < distances.length; at++) {
                if (distances[at] > 0) {
                    chosen = at;
                    target -= distances[at];
                    if (target < 0) {
                        break;
                    }
                }
            }
            seeds.add(points.get(chosen));
        }
        return seeds;
    }

    private double assign(List<float[]> centroids, int[] nearest) {
        double cost = 0;
        for (int at = 0; at < nearest.length; at++) {
            double least = Double.MAX_VALUE;
            for (int centroid = 0; centroid < centroids.size(); centroid++) {
                double distance = Vectors.distance(points.get(at), centroids.get(centroid));
                if (distance < least) {
                    least = distance;
                    nearest[at] = centroid;
                }
            }
            cost += least;
        }
        return cost;
    }

    /** The direction of each cluster's points; an empty cluster keeps its centroid. */
    private List<float[]> means(List<float[]> centroids, int[] nearest) {
        double[][] sums = new double[centroids.size()][points.get(0).length];
        for (int at = 0; at < nearest.length; at++) {
            Vectors.add(points.get(at), sums[nearest[at]], 1);
        }
        List<float[]> means = new ArrayList<>();
        for (int centroid = 0; centroid < sums.length; centroid++) {
            means.add(Vectors.direction(sums[centroid]).orElse(centroids.get(centroid)));
        }
        return means;
    }
}
