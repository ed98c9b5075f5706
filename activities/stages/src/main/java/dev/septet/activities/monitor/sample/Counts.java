package dev.septet.activities.monitor.sample;

import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts of categories. */
public record Counts(SortedMap<String, Long> of) implements FeatureSample {
    public Counts {
        of = new TreeMap<>(of);
    }

    public static Counts of(Collection<String> categories) {
        TreeMap<String, Long> counts = new TreeMap<>();
        categories.forEach(category -> counts.merge(category, 1L, Long::sum));
        return new Counts(counts);
    }

    @Override
    public long size() {
        return of.values().stream().mapToLong(Long::longValue).sum();
    }
}
