package dev.septet.llm.generate.constraint.grammar;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set of Unicode scalar values, as disjoint ascending ranges. Surrogates are never members.
 *
 * @param ranges each {first, last}, inclusive
 */
public record CharRanges(List<int[]> ranges) {
    private static final int LAST = 0x10FFFF;

    /** All scalar values. */
    public static final CharRanges ALL = new CharRanges(List.of(new int[] {0, 0xD7FF}, new int[] {0xE000, LAST}));

    public static final CharRanges NONE = new CharRanges(List.of());

    /** The scalar values of a range, inclusive. */
    public static CharRanges range(int first, int last) {
        return first > last ? NONE : new CharRanges(List.of(new int[] {first, last})).and(ALL);
    }

    /** The characters of a text. */
    public static CharRanges of(String characters) {
        CharRanges all = NONE;
        for (int point : characters.codePoints().toArray()) {
            all = all.or(range(point, point));
        }
        return all;
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    public boolean contains(int point) {
        return ranges.stream().anyMatch(range -> range[0] <= point && point <= range[1]);
    }

    /** The union. */
    public CharRanges or(CharRanges other) {
        List<int[]> all = new ArrayList<>(ranges);
        all.addAll(other.ranges);
        all.sort(Comparator.comparingInt(range -> range[0]));
        List<int[]> merged = new ArrayList<>();
        for (int[] next : all) {
            int[] last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null && next[0] <= last[1] + 1) {
                last[1] = Math.max(last[1], next[1]);
            } else {
                merged.add(next.clone());
            }
        }
        return new CharRanges(merged);
    }

    /** The intersection. */
    public CharRanges and(CharRanges other) {
        List<int[]> common = new ArrayList<>();
        int mine = 0;
        int others = 0;
        while (mine < ranges.size() && others < other.ranges.size()) {
            int[] a = ranges.get(mine);
            int[] b = other.ranges.get(others);
            int first = Math.max(a[0], b[0]);
            int last = Math.min(a[1], b[1]);
            if (first <= last) {
                common.add(new int[] {first, last});
            }
            if (a[1] < b[1]) {
                mine++;
            } else {
                others++;
            }
        }
        return new CharRanges(common);
    }

    /** All scalar values that are not in this set. */
    public CharRanges not() {
        List<int[]> gaps = new ArrayList<>();
        int next = 0;
        for (int[] range : ranges) {
            if (range[0] > next) {
                gaps.add(new int[] {next, range[0] - 1});
            }
            next = range[1] + 1;
        }
        if (next <= LAST) {
            gaps.add(new int[] {next, LAST});
        }
        return new CharRanges(gaps).and(ALL);
    }
}
