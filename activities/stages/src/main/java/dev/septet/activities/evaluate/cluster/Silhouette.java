package dev.septet.activities.evaluate.cluster;

import java.util.List;

/**
 * Mean silhouette of a clustering: how much nearer points are to their own cluster than to the next one, from -1 to 1. A
 * point alone in its cluster counts 0.
 *
 * @see <a href="https://doi.org/10.1016/0377-0427(87)90125-7">Rousseeuw, 1987: silhouettes</a>
 */
final class Silhouette {
    private final float[][] distances;

    /** Computes the distances of all pairs, of at most a few thousand points. */
    Silhouette(List<float[]> points) {
        distances = new float[points.size()][points.size()];
        for (int one = 0; one < points.size(); one++) {
            for (int other = 0; other < one; other++) {
                float distance = (float) Vectors.distance(points.get(one), points.get(other));
                distances[one][other] = distance;
                distances[other][one] = distance;
            }
        }
    }

    /** The mean of all points; 0 for a single cluster. */
    double of(int[] cluster, int clusters) {
        int[] sizes = new int[clusters];
        for (int each : cluster) {
            sizes[each]++;
        }
        double sum = 0;
        for (int point = 0; point < cluster.length; point++) {
            sum += sizes[cluster[point]] < 2 ? 0 : of(point, cluster, sizes);
        }
        return sum / cluster.length;
    }

    private double of(int point, int[] cluster, int[] sizes) {
        double[] sums = new double[sizes.length];
        for (int other = 0; other < cluster.length; other++) {
            sums[cluster[other]] += distances[point][other];
        }
        int own = cluster[point];
        double inside = sums[own] / (sizes[own] - 1);
        double next = Double.MAX_VALUE;
        for (int each = 0; each < sums.length; each++) {
            if (each != own && sizes[each] > 0) {
                next = Math.min(next, sums[each] / sizes[each]);
            }
        }
        double larger = Math.max(inside, next);
        return next == Double.MAX_VALUE || larger == 0 ? 0 : (next - inside) / larger;
    }
}
