package dev.septet.activities.encryption;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Counts encrypted items by the keys that encrypt them.
 *
 * @param current key that encrypts new data; empty = new data is not encrypted
 * @param plain number of unencrypted items
 * @param byKey number of encrypted items, by key name
 * @param missing names of keys that some items need but that are not configured
 */
public record AtRestCount(Optional<String> current, int plain, Map<String, Integer> byKey, List<String> missing) {
    public AtRestCount {
        byKey = Map.copyOf(byKey);
        missing = List.copyOf(missing);
    }

    /** Number of encrypted items. */
    public int encrypted() {
        return byKey.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Counts items one by one. */
    public static final class Counting {
        private final Map<String, Integer> byKey = new TreeMap<>();
        private int plain;

        /**
         * Counts one item.
         *
         * @param key name of its key; empty when it is not encrypted
         */
        public void add(Optional<String> key) {
            if (key.isPresent()) {
                byKey.merge(key.get(), 1, Integer::sum);
            } else {
                plain++;
            }
        }

        /** Number of counted items. */
        public int total() {
            return plain + byKey.values().stream().mapToInt(Integer::intValue).sum();
        }

        /** The result for these configured keys. */
        public AtRestCount result(AtRestEncryption encryption) {
            return new AtRestCount(
                    encryption.currentKey(),
                    plain,
                    byKey,
                    byKey.keySet().stream()
                            .filter(key -> !encryption.hasKey(key))
                            .toList());
        }
    }
}
