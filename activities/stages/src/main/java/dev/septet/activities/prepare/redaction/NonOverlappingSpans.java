package dev.septet.activities.prepare.redaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Findings that do not overlap. A finding that overlaps an earlier one is left out. */
final class NonOverlappingSpans {
    private final TreeMap<Integer, PersonalDataSpan> byStart = new TreeMap<>();

    /** Adds a finding unless it overlaps another one: O(log n) for n findings. */
    void add(PersonalDataSpan span) {
        Map.Entry<Integer, PersonalDataSpan> before = byStart.lowerEntry(span.end());
        if (before == null || !before.getValue().overlaps(span)) {
            byStart.put(span.start(), span);
        }
    }

    /** The findings from left to right. */
    List<PersonalDataSpan> sorted() {
        return new ArrayList<>(byStart.values());
    }
}
