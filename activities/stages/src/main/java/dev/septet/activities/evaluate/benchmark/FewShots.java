package dev.septet.activities.evaluate.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the solved rows before each question. The default sampler draws with Python's generator from seed 1234, row after
 * row, so that the same rows are drawn as by lm-evaluation-harness.
 */
final class FewShots {
    private static final int SEED = 1234;

    private final TaskValue written;
    private final List<Map<String, @Nullable Object>> pool;
    private final int count;
    private final boolean first;
    private final boolean excludesQuestion;
    private final PythonRandom random = new PythonRandom(SEED);

    /**
     * @param first whether the first rows are taken, instead of random ones
     * @param excludesQuestion whether the questioned row may not be a solved one
     */
    FewShots(
            TaskValue written,
            List<Map<String, @Nullable Object>> pool,
            int count,
            boolean first,
            boolean excludesQuestion) {
        this.written = written;
        this.pool = pool;
        this.count = count;
        this.first = first;
        this.excludesQuestion = excludesQuestion;
    }

    /** The solved rows for the next question. */
    List<Map<String, @Nullable Object>> next(Map<String, @Nullable Object> question) {
        if (count == 0) {
            return List.of();
        }
        if (first) {
            List<Map<String, @Nullable Object>> rows = pool.stream()
                    .filter(row -> !excludesQuestion || !row.equals(question))
                    .limit(count)
                    .toList();
            requireRows(rows.size(), count);
            return rows;
        }
        requireRows(pool.size(), excludesQuestion ? count + 1 : count);
        if (!excludesQuestion) {
            return random.sample(pool, count);
        }
        List<Map<String, @Nullable Object>> rows = without(random.sample(pool, count + 1), question);
        if (rows.size() < count) {
            List<Map<String, @Nullable Object>> others = without(pool, question);
            requireRows(others.size(), count);
            rows = random.sample(others, count);
        }
        return rows.subList(0, count);
    }

    private static List<Map<String, @Nullable Object>> without(
            List<Map<String, @Nullable Object>> rows, Map<String, @Nullable Object> question) {
        return rows.stream().filter(row -> !row.equals(question)).toList();
    }

    private void requireRows(int there, int needed) {
        if (there < needed) {
            throw written.refused(
                    String.format(Locale.ROOT, "needs %d solved rows, but their split has %d", needed, there),
                    "use a smaller number, or a split with more rows");
        }
    }
}
