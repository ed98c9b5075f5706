package dev.septet.activities.prepare;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.prepare.generate.Generation;
import dev.septet.activities.prepare.split.Mixture;
import dev.septet.activities.prepare.split.SplitAssignment;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Rows of classes with few training rows. The model sees some rows of the class, and writes another one. Rows that were made
 * before, such as changed copies, count for their class.
 */
final class RareRows {
    /** The rows of a class that requests show in turn. */
    private static final int MAX_PARENTS = 20;

    /** The rows of the class that one request shows. */
    private static final int EXAMPLES = 3;

    /** After this number of rows for each missing one, a class stays as it is: the checks remove most of its rows. */
    private static final int TRIES = 2;

    private final GenerateSpec words;
    private final Generation generation;
    private final SyntheticRows rows;
    private final SplitAssignment assignment;
    private final int[] classes;

    RareRows(GenerateSpec words, Generation generation, SyntheticRows rows, SplitAssignment assignment) {
        this.words = words;
        this.generation = generation;
        this.rows = rows;
        this.assignment = assignment;
        classes = assignment.classes(Objects.requireNonNull(words.on()));
    }

    void make(Spool kept, Mixture splits) throws IOException {
        int wanted = Objects.requireNonNull(words.upTo());
        Map<Integer, Integer> counts = new TreeMap<>();
        for (int row = 0; row < classes.length; row++) {
            boolean trains = row >= splits.size()
                    || (splits.copies(row) > 0 && splits.split(row) == SplitName.TRAIN && !assignment.isReplaced(row));
            if (trains && classes[row] >= 0) {
                counts.merge(classes[row], 1, Integer::sum);
            }
        }
        Map<Integer, List<SyntheticRows.Parent>> parents = new TreeMap<>();
        rows.each(kept, splits, "finding rare classes", parent -> {
            int label = classes[parent.number()];
            if (label >= 0
                    && counts.getOrDefault(label, 0) < wanted
                    && generation.uses(parent.row(), parent.digest())) {
                List<SyntheticRows.Parent> own = parents.computeIfAbsent(label, any -> new ArrayList<>());
                if (own.size() < MAX_PARENTS) {
                    own.add(parent);
                }
            }
        });
        for (Map.Entry<Integer, List<SyntheticRows.Parent>> one : parents.entrySet()) {
            make(one.getValue(), wanted - counts.getOrDefault(one.getKey(), 0));
        }
    }

    /** Makes rows of one class. */
    private void make(List<SyntheticRows.Parent> parents, int missing) throws IOException {
        int left = missing;
        int next = 0;
        while (left > 0 && next < TRIES * missing && !generation.ended()) {
            int count = Math.min(Math.min(generation.mostTasks(), left), TRIES * missing - next);
            List<Generation.Task> tasks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                tasks.add(new Generation.Task(
                        parent(parents, next + i).row(), next + i, examples(shown(parents, next + i))));
            }
            List<Generation.Made> made = generation.make(tasks);
            for (int i = 0; i < made.size(); i++) {
                left -= rows.offer(made.get(i), Generation.kind(words), shown(parents, next + i), true) ? 1 : 0;
            }
            next += count;
        }
    }

    private static SyntheticRows.Parent parent(List<SyntheticRows.Parent> parents, int number) {
        return parents.get(number % parents.size());
    }

    /** The rows that a request shows. All of them are parents of the made row. */
    private static List<SyntheticRows.Parent> shown(List<SyntheticRows.Parent> parents, int number) {
        List<SyntheticRows.Parent> shown = new ArrayList<>();
        for (int i = 0; i < Math.min(EXAMPLES, parents.size()); i++) {
            shown.add(parent(parents, number + i));
        }
        return shown;
    }

    private static List<Row> examples(List<SyntheticRows.Parent> shown) {
        return shown.stream().map(SyntheticRows.Parent::row).toList();
    }
}
