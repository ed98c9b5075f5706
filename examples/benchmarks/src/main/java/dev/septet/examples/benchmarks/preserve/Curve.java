package dev.septet.examples.benchmarks.preserve;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Trainings with the same settings, each from the base model on.
 *
 * @param name display name of the settings
 * @param words words of the train block that plain trainings do not have; may be empty
 * @param seed seed of the data order and of the samples for the Fisher information
 * @param points the base model, then the end of each training, shortest first
 */
record Curve(String name, String words, long seed, List<Point> points) {
    private static final ObjectMapper JSON = new ObjectMapper();

    Curve {
        points = List.copyOf(points);
    }

    static Curve read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Curve.class);
    }

    void write(Path file) throws IOException {
        JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), this);
    }

    Point base() {
        return points.get(0);
    }

    /** The points at the end of each training. */
    List<Point> ends() {
        return points.subList(1, points.size());
    }

    Point end() {
        return points.get(points.size() - 1);
    }

    /**
     * The suite's loss at a given loss of the task. It is interpolated linearly in the logarithm of
     * the task's loss, between the ends of two trainings. Empty when no two ends enclose the given
     * loss.
     */
    OptionalDouble suiteAt(double task) {
        for (int i = 2; i < points.size(); i++) {
            Point before = points.get(i - 1);
            Point after = points.get(i);
            if (before.task() >= task && task >= after.task()) {
                double share = Math.log(before.task() / task) / Math.log(before.task() / after.task());
                return OptionalDouble.of(before.suite() + share * (after.suite() - before.suite()));
            }
        }
        return OptionalDouble.empty();
    }
}
