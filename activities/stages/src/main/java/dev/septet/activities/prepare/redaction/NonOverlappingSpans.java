package dev.septet.activities.prepare.redaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Findings without overlaps; of two in one place the first that was added stays. */
final class NonOverlappingSpans {
    private final TreeMap<Integer, PersonalDataSpan> byStart = new TreeMap<>();

    /** Adds it unless it overlaps one that is there: O(log n) for n findings. */
    void add(PersonalDataSpan span) {
        Map.Entry<Integer, PersonalDataSpan> before = byStart.lowerEntry(span.end());
        if (before == null || !before.getValue().overlaps(span)) {
            byStart.put(span.start(), span);
        }
    }

    /** From left to right. */
    List<PersonalDataSpan> sorted() {
        return new ArrayList<>(byStart.values());
    }
}
