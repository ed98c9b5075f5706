package dev.septet.activities.evaluate.comparison;

import dev.septet.activities.evaluate.comparison.Comparability.Rows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answers of all runs to one set of test rows.
 *
 * @param set empty for the test split
 * @param answers of each run; null where a run has no predictions of this set
 * @param known for two runs that were compared, the places of the first one's rows in the second one
 */
record SetRows(
        String set,
        List<ComparedRun> runs,
        List<@Nullable AnsweredRows> answers,
        Map<List<Integer>, Optional<int[]>> known) {
    static SetRows read(List<ComparedRun> runs, String set) throws IOException {
        List<@Nullable AnsweredRows> answers = new ArrayList<>();
        AnsweredRows.Memory memory = new AnsweredRows.Memory(AnsweredRows.Memory.MOST_CHARACTERS);
        for (ComparedRun run : runs) {
            Path folder = run.folder();
            answers.add(
                    folder == null
                            ? null
                            : AnsweredRows.read(folder, set, memory).orElse(null));
        }
        return new SetRows(set, runs, answers, new HashMap<>());
    }

    /** Whether two runs answered the same rows: by the rows, or by the digest of what they come from. */
    Rows relation(int first, int second) {
        AnsweredRows one = answers.get(first);
        AnsweredRows other = answers.get(second);
        if (one != null && other != null) {
            return places(first, second, one, other).isPresent() ? Rows.SAME : Rows.OTHER;
        }
        String name = set.isEmpty() ? "dataset" : "test set " + set;
        String was = runs.get(first).results().lineage(name);
        String now = runs.get(second).results().lineage(name);
        if (was == null || now == null) {
            return Rows.UNKNOWN;
        }
        // Datasets with other training rows may have the same test rows, and a set's file has no other digest.
        return was.equals(now) ? Rows.SAME : set.isEmpty() ? Rows.UNKNOWN : Rows.OTHER;
    }

    long shared(int first, int second) {
        AnsweredRows one = answers.get(first);
        AnsweredRows other = answers.get(second);
        return one == null || other == null ? 0 : one.shared(other);
    }

    /** The answers of two runs in the first one's order of rows. */
    Optional<List<AnsweredRows>> pair(int first, int second) {
        AnsweredRows one = answers.get(first);
        AnsweredRows other = answers.get(second);
        return one == null || other == null
                ? Optional.empty()
                : places(first, second, one, other).map(places -> List.of(one, other.ordered(places)));
    }

    private Optional<int[]> places(int first, int second, AnsweredRows one, AnsweredRows other) {
        return known.computeIfAbsent(List.of(first, second), pair -> other.places(one));
    }
}
