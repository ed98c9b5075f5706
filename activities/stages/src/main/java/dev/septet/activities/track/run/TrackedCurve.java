package dev.septet.activities.track.run;

import java.util.ArrayList;
import java.util.List;

/**
 * A number over the steps of a training.
 *
 * @param name as trackers show it, such as {@code loss}
 * @param points in the order of their steps
 */
public record TrackedCurve(String name, List<Point> points) {
    public TrackedCurve {
        points = List.copyOf(points);
    }

    /**
     * A number at a step.
     *
     * @param step counted from 0
     * @param millis when, in milliseconds since 1970, UTC
     */
    public record Point(int step, long millis, double value) {}

    /** At most this many points: each n-th one, with the same n for each number of points, and the last one. */
    public TrackedCurve thinned(int most) {
        if (points.size() <= most) {
            return this;
        }
        int every = (points.size() + most - 2) / (most - 1);
        List<Point> some = new ArrayList<>();
        for (int at = 0; at < points.size() - 1; at += every) {
            some.add(points.get(at));
        }
        some.add(points.get(points.size() - 1));
        return new TrackedCurve(name, some);
    }
}
