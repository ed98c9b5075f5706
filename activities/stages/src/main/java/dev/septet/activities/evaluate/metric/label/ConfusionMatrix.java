package dev.septet.activities.evaluate.metric.label;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How often rows of each class got each label.
 *
 * @param classes the labels of the references, sorted
 * @param rows for each class the number of its rows that got each class, and, last, any other answer
 */
public record ConfusionMatrix(List<String> classes, List<List<Integer>> rows) {
    private static final Set<String> METRICS = Set.of("accuracy", "microF1", "macroF1", "weightedF1");

    /**
     * Scores of one class, from 0 to 1; 0 where a ratio has nothing below its line.
     *
     * @param rows the number of its rows
     */
    public record ClassScore(String label, double precision, double recall, double f1, int rows) {}

    public ConfusionMatrix {
        classes = List.copyOf(classes);
        rows = rows.stream().map(List::copyOf).toList();
    }

    /** Whether a metric of this name compares labels. */
    public static boolean belongsTo(String metric) {
        return METRICS.contains(metric);
    }

    /**
     * Counts the labels.
     *
     * @return empty where the answers are no labels: an answer is missing, or there are more than {@link Labels#MOST}
     */
    public static Optional<ConfusionMatrix> of(List<String> references, List<@Nullable String> answers) {
        List<String> classes = Labels.distinct(references);
        if (classes.isEmpty() || classes.size() > Labels.MOST) {
            return Optional.empty();
        }
        int[][] counts = new int[classes.size()][classes.size() + 1];
        for (int row = 0; row < references.size(); row++) {
            String answer = answers.get(row);
            if (answer == null) {
                return Optional.empty();
            }
            int found = Collections.binarySearch(classes, Labels.of(answer));
            counts[Collections.binarySearch(classes, Labels.of(references.get(row)))][
                    found < 0 ? classes.size() : found]++;
        }
        List<List<Integer>> rows = new ArrayList<>();
        for (int[] line : counts) {
            rows.add(java.util.Arrays.stream(line).boxed().toList());
        }
        return Optional.of(new ConfusionMatrix(classes, rows));
    }

    /** Precision, recall and F1 of every class. */
    public List<ClassScore> scores() {
        List<ClassScore> scores = new ArrayList<>();
        for (int at = 0; at < classes.size(); at++) {
            int hits = rows.get(at).get(at);
            int expected = 0;
            for (int count : rows.get(at)) {
                expected += count;
            }
            int found = 0;
            for (List<Integer> row : rows) {
                found += row.get(at);
            }
            scores.add(new ClassScore(
                    classes.get(at),
                    found == 0 ? 0 : (double) hits / found,
                    expected == 0 ? 0 : (double) hits / expected,
                    hits == 0 ? 0 : 2.0 * hits / (found + expected),
                    expected));
        }
        return scores;
    }
}
