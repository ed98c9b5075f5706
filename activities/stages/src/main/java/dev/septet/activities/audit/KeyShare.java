package dev.septet.activities.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one API key may weigh among others: no more than all others together, so that one tenant's
 * flood decides nothing alone. Where the others say little, a key still fills up the fewest rows
 * that a decision needs. The earliest rows of a key count, so that rows are only ever added as a
 * log grows.
 */
public final class KeyShare {
    private KeyShare() {}

    /**
     * The rows that count, in their order.
     *
     * @param key name of a row's API key; null for rows without one, which count as one key's
     * @param least rows that a decision needs
     */
    public static <T> List<T> bounded(List<T> rows, Function<T, @Nullable String> key, int least) {
        Map<String, Integer> counts = new HashMap<>();
        rows.forEach(row -> counts.merge(name(key.apply(row)), 1, Integer::sum));
        if (counts.size() < 2) {
            return rows;
        }
        List<T> counted = new ArrayList<>();
        Map<String, Integer> taken = new HashMap<>();
        for (T row : rows) {
            String name = name(key.apply(row));
            int others = rows.size() - counts.getOrDefault(name, 0);
            if (taken.merge(name, 1, Integer::sum) <= Math.max(others, least - others)) {
                counted.add(row);
            }
        }
        return counted;
    }

    private static String name(@Nullable String key) {
        return key == null ? "" : key;
    }
}
