package dev.septet.activities.evaluate.metric;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The metrics that are installed in this process. */
public final class Metrics {
    private static final Map<String, Metric> KNOWN = load();

    private Metrics() {}

    /**
     * The metric with this name in a pipeline file.
     *
     * @throws IllegalArgumentException naming the known metrics
     */
    public static Metric named(String name) {
        Metric metric = KNOWN.get(name);
        if (metric == null) {
            throw new IllegalArgumentException("no metric is called '%s'; this worker knows %s"
                    .formatted(name, String.join(", ", KNOWN.keySet())));
        }
        return metric;
    }

    private static Map<String, Metric> load() {
        Map<String, Metric> known = new TreeMap<>();
        for (Metric metric : ServiceLoader.load(Metric.class, Metric.class.getClassLoader())) {
            Metric other = known.put(metric.name(), metric);
            if (other != null) {
                throw new IllegalStateException("two metrics are called '%s': %s and %s"
                        .formatted(
                                metric.name(),
                                other.getClass().getName(),
                                metric.getClass().getName()));
            }
        }
        return known;
    }
}
