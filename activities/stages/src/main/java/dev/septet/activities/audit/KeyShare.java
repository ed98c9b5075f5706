package dev.septet.activities.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Limits the rows of one API key: at most as many as all other keys have together, so that one
 * tenant's flood cannot decide alone. When the other keys have few rows, one key may still fill up
 * the minimum that a decision needs. The earliest rows of a key count, so that a growing log only
 * adds rows.
 */
public final class KeyShare {
    private KeyShare() {}

    /**
     * The rows that count, in their order.
     *
     * @param key name of a row's API key; null for rows without one, which count as rows of one key
     * @param min minimum number of rows that a decision needs
     */
    public static <T> List<T> bounded(List<T> rows, Function<T, @Nullable String> key, int min) {
        Map<String, Integer> counts = new HashMap<>();
        rows.forEach(row -> counts.merge(name(key.apply(row)), 1, Integer::sum));
        if (counts.size() < 2) {
            return rows;
        }
        List<T> counted = new ArrayList<>();
        Map<String, Integer> used = new HashMap<>();
        for (T row : rows) {
            String name = name(key.apply(row));
            int others = rows.size() - counts.getOrDefault(name, 0);
            if (used.merge(name, 1, Integer::sum) <= Math.max(others, min - others)) {
                counted.add(row);
            }
        }
        return counted;
    }

    private static String name(@Nullable String key) {
        return key == null ? "" : key;
    }
}
