package dev.septet.workers.observe;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Limits the number of values that each label of a metric has, because every value makes new series, and strangers may choose
 * names of pipelines. A counter counts further values as {@link #OTHER}. A gauge leaves them out, because several pipelines
 * in one series would overwrite each other. A gauge that is removed frees its values.
 */
public final class LabelLimits {
    /** The value in the place of values that are too many or too long. */
    public static final String OTHER = "other";

    /** Most values of a label other than {@value #PIPELINE}. */
    static final int MOST_VALUES = 100;

    /** Most pipelines of a metric: twice the 1,000 pipelines that one installation shall run. */
    static final int MOST_PIPELINES = 2000;

    private static final String PIPELINE = "pipeline";
    private static final int LONGEST_VALUE = 128;

    private final Map<ProcessMetric, LabelledSeries> metrics = new ConcurrentHashMap<>();

    /** The values of a counter's or histogram's labels, as many as it has. */
    public String[] limited(ProcessMetric metric, String... labels) {
        return series(metric).limited(values(metric, labels)).toArray(String[]::new);
    }

    /** The values of a gauge's labels; empty when one of them is too long, or when there are too many. */
    public Optional<String[]> exact(ProcessMetric metric, String... labels) {
        List<String> values = values(metric, labels);
        return series(metric).admits(values) ? Optional.of(values.toArray(String[]::new)) : Optional.empty();
    }

    /** Frees the values of a gauge that was removed. Returns them, as many as it has labels. */
    String[] free(ProcessMetric metric, String... labels) {
        List<String> values = values(metric, labels);
        series(metric).free(values);
        return values.toArray(String[]::new);
    }

    private LabelledSeries series(ProcessMetric metric) {
        return metrics.computeIfAbsent(metric, known -> new LabelledSeries(known.labels()));
    }

    private static List<String> values(ProcessMetric metric, String... labels) {
        String[] values = Arrays.copyOf(labels, metric.labels().size());
        return Stream.of(values).map(value -> value == null ? "" : value).toList();
    }

    /** The series of one metric. */
    private static final class LabelledSeries {
        private final List<String> labels;
        private final Set<List<String>> series = new HashSet<>();

        /** For each label, its values and in how many series each of them is. */
        private final List<Map<String, Integer>> uses;

        LabelledSeries(List<String> labels) {
            this.labels = labels;
            this.uses = labels.stream()
                    .map(label -> (Map<String, Integer>) new HashMap<String, Integer>())
                    .toList();
        }

        synchronized List<String> limited(List<String> values) {
            if (series.contains(values)) {
                return values;
            }
            String[] limited = values.toArray(String[]::new);
            for (int label = 0; label < limited.length; label++) {
                limited[label] = fits(label, limited[label]) ? limited[label] : OTHER;
            }
            List<String> counted = List.of(limited);
            add(counted);
            return counted;
        }

        synchronized boolean admits(List<String> values) {
            if (series.contains(values)) {
                return true;
            }
            for (int label = 0; label < values.size(); label++) {
                if (!fits(label, values.get(label))) {
                    return false;
                }
            }
            add(values);
            return true;
        }

        synchronized void free(List<String> values) {
            if (series.remove(values)) {
                for (int label = 0; label < values.size(); label++) {
                    uses.get(label)
                            .computeIfPresent(values.get(label), (value, count) -> count == 1 ? null : count - 1);
                }
            }
        }

        private void add(List<String> values) {
            if (series.add(values)) {
                for (int label = 0; label < values.size(); label++) {
                    uses.get(label).merge(values.get(label), 1, Integer::sum);
                }
            }
        }

        private boolean fits(int label, String value) {
            Map<String, Integer> known = uses.get(label);
            if (known.containsKey(value)) {
                return true;
            }
            int most = labels.get(label).equals(PIPELINE) ? MOST_PIPELINES : MOST_VALUES;
            int count = known.containsKey(OTHER) ? known.size() - 1 : known.size();
            return count < most
                    && value.length() <= LONGEST_VALUE
                    && value.codePoints().noneMatch(Character::isISOControl);
        }
    }
}
