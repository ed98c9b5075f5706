package dev.septet.activities.encryption;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How many of some things are encrypted, and by which keys.
 *
 * @param current the key that encrypts what is written now; empty = it is written plain
 * @param plain how many are plain
 * @param byKey how many are encrypted, by their key's name
 * @param missing names of keys that some need and that are not here
 */
public record AtRestCount(Optional<String> current, int plain, Map<String, Integer> byKey, List<String> missing) {
    public AtRestCount {
        byKey = Map.copyOf(byKey);
        missing = List.copyOf(missing);
    }

    /** How many are encrypted. */
    public int encrypted() {
        return byKey.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Counts one after the other. */
    public static final class Counting {
        private final Map<String, Integer> byKey = new TreeMap<>();
        private int plain;

        /** One more, and its key's name; empty when it is plain. */
        public void add(Optional<String> key) {
            if (key.isPresent()) {
                byKey.merge(key.get(), 1, Integer::sum);
            } else {
                plain++;
            }
        }

        /** How many were counted. */
        public int total() {
            return plain + byKey.values().stream().mapToInt(Integer::intValue).sum();
        }

        /** The result, for those who have these keys. */
        public AtRestCount result(AtRestEncryption encryption) {
            return new AtRestCount(
                    encryption.currentKey(),
                    plain,
                    byKey,
                    byKey.keySet().stream()
                            .filter(key -> !encryption.knows(key))
                            .toList());
        }
    }
}
