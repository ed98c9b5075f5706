package dev.septet.workers.observe;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Limits the number of values of each label, because every value makes new series, and strangers may choose names of
 * pipelines. Further values become {@link #OTHER}.
 */
public final class LabelLimits {
    /** The value in the place of values that are too many or too long. */
    public static final String OTHER = "other";

    /** Most values of a label. */
    static final int MOST_VALUES = 100;

    private static final int LONGEST_VALUE = 128;

    private final Map<String, Set<String>> values = new ConcurrentHashMap<>();

    /** The values of a metric's labels, as many as it has. */
    public String[] limited(ProcessMetric metric, String... labels) {
        String[] limited = new String[metric.labels().size()];
        for (int i = 0; i < limited.length; i++) {
            limited[i] = i < labels.length ? limited(metric.labels().get(i), labels[i]) : "";
        }
        return limited;
    }

    private String limited(String label, String value) {
        Set<String> known = values.computeIfAbsent(label, any -> ConcurrentHashMap.newKeySet());
        if (known.contains(value)) {
            return value;
        }
        if (value.length() > LONGEST_VALUE || value.codePoints().anyMatch(Character::isISOControl)) {
            return OTHER;
        }
        synchronized (this) {
            if (known.size() < MOST_VALUES) {
                known.add(value);
            }
        }
        return known.contains(value) ? value : OTHER;
    }
}
