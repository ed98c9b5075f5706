package dev.septet.examples.benchmarks.preserve;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Trainings by the same words, from the base model on.
 *
 * @param name of the words, for people
 * @param words of the stage train that make them differ from the plain ones; may be empty
 * @param seed of data order and of what the Fisher information is drawn by
 * @param points the base model, then the end of each training, the shorter ones first
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

    /** The end of each training. */
    List<Point> ends() {
        return points.subList(1, points.size());
    }

    Point end() {
        return points.get(points.size() - 1);
    }

    /**
     * The suite's loss that goes with a loss of the task, on a line between the ends of two
     * trainings, the task's loss taken as its logarithm; empty where no two have it between them.
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
