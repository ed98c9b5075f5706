package dev.septet.activities.evaluate.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Reduces the points of a long curve and keeps its shape: each section keeps its lowest and its
 * highest value, so that no spike is lost.
 */
final class Thinning {
    private static final int BUCKETS = 240;

    private Thinning() {}

    /** Steps and finite values, ordered by step, at most two per section. */
    static List<Map.Entry<Integer, Double>> of(SortedMap<Integer, Double> curve) {
        List<Map.Entry<Integer, Double>> points = curve.entrySet().stream()
                .filter(point -> Double.isFinite(point.getValue()))
                .toList();
        if (points.size() <= 2 * BUCKETS) {
            return points;
        }
        List<Map.Entry<Integer, Double>> kept = new ArrayList<>();
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            int from = (int) ((long) points.size() * bucket / BUCKETS);
            int to = (int) ((long) points.size() * (bucket + 1) / BUCKETS);
            int lowest = from;
            int highest = from;
            for (int at = from + 1; at < to; at++) {
                lowest = points.get(at).getValue() < points.get(lowest).getValue() ? at : lowest;
                highest = points.get(at).getValue() > points.get(highest).getValue() ? at : highest;
            }
            kept.add(points.get(Math.min(lowest, highest)));
            if (lowest != highest) {
                kept.add(points.get(Math.max(lowest, highest)));
            }
        }
        return kept;
    }
}
