package dev.septet.llm.generate.constraint.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** A nondeterministic automaton over bytes. State 0 is the start. */
public final class ByteNfa {
    /** Limit of the work to make an automaton deterministic, in visited states. */
    private static final long MAX_WORK = 4_000_000;

    private static final int MAX_STATES = 400_000;

    private final List<List<int[]>> edges = new ArrayList<>();
    private final List<List<Integer>> free = new ArrayList<>();
    private final BitSet accepting = new BitSet();

    public ByteNfa() {
        state();
    }

    public int state() {
        if (edges.size() >= MAX_STATES) {
            throw new GrammarProblem("needs more than " + MAX_STATES + " states");
        }
        edges.add(new ArrayList<>(2));
        free.add(new ArrayList<>(2));
        return edges.size() - 1;
    }

    /** A step over one byte from {@code first} to {@code last}, inclusive, as numbers from 0 to 255. */
    public void add(int from, int first, int last, int to) {
        edges.get(from).add(new int[] {first, last, to});
    }

    /** A step without a byte. */
    public void free(int from, int to) {
        free.get(from).add(to);
    }

    public void accept(int state) {
        accepting.set(state);
    }

    /** Steps over the bytes of a text; returns the state after it. */
    public int text(int from, String text) {
        return bytes(from, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Steps over some bytes; returns the state after them. */
    public int bytes(int from, byte[] bytes) {
        int state = from;
        for (byte value : bytes) {
            int next = state();
            add(state, value & 0xFF, value & 0xFF, next);
            state = next;
        }
        return state;
    }

    /** Steps over one character of a set in UTF-8. */
    public void chars(int from, CharRanges chars, int to) {
        for (int[] range : chars.ranges()) {
            utf8(from, range[0], range[1], to);
        }
    }

    private void utf8(int from, int first, int last, int to) {
        int[] limits = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};
        int start = first;
        for (int i = 0; i < limits.length && start <= last; i++) {
            if (start <= limits[i]) {
                int end = Math.min(last, limits[i]);
                sequences(from, bytes(start), bytes(end), 0, to);
                start = end + 1;
            }
        }
    }

    /** All byte sequences of one length from {@code low} to {@code high}. */
    private void sequences(int from, int[] low, int[] high, int at, int to) {
        if (at == low.length - 1) {
            add(from, low[at], high[at], to);
            return;
        }
        if (low[at] == high[at]) {
            int next = state();
            add(from, low[at], low[at], next);
            sequences(next, low, high, at + 1, to);
            return;
        }
        int first = low[at];
        int last = high[at];
        if (!all(low, at + 1, 0x80)) {
            int[] upper = low.clone();
            Arrays.fill(upper, at + 1, upper.length, 0xBF);
            sequences(from, low, upper, at, to);
            first++;
        }
        if (!all(high, at + 1, 0xBF)) {
            int[] lower = high.clone();
            Arrays.fill(lower, at + 1, lower.length, 0x80);
            sequences(from, lower, high, at, to);
            last--;
        }
        if (first <= last) {
            int state = state();
            add(from, first, last, state);
            for (int i = at + 1; i < low.length; i++) {
                int next = i == low.length - 1 ? to : state();
                add(state, 0x80, 0xBF, next);
                state = next;
            }
        }
    }

    private static boolean all(int[] bytes, int from, int value) {
        return Arrays.stream(bytes, from, bytes.length).allMatch(each -> each == value);
    }

    private static int[] bytes(int point) {
        byte[] encoded = Character.toString(point).getBytes(StandardCharsets.UTF_8);
        int[] bytes = new int[encoded.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = encoded[i] & 0xFF;
        }
        return bytes;
    }

    /**
     * The deterministic automaton of the same texts, without dead ends.
     *
     * @throws GrammarProblem when it has more than {@code limit} states, or no text
     */
    public ByteDfa deterministic(int limit) {
        int most = Math.min(limit, ByteDfa.MAX_STATES);
        Map<List<Integer>, Integer> known = new HashMap<>();
        List<List<Integer>> sets = new ArrayList<>();
        List<char[]> table = new ArrayList<>();
        BitSet ends = new BitSet();
        long[] work = {0};
        add(closure(List.of(0), work), known, sets);
        for (int at = 0; at < sets.size(); at++) {
            List<Integer> set = sets.get(at);
            char[] row = new char[256];
            Arrays.fill(row, ByteDfa.DEAD);
            table.add(row);
            List<int[]> steps = new ArrayList<>();
            TreeSet<Integer> bounds = new TreeSet<>();
            for (int state : set) {
                if (accepting.get(state)) {
                    ends.set(at);
                }
                for (int[] edge : edges.get(state)) {
                    steps.add(edge);
                    bounds.add(edge[0]);
                    bounds.add(edge[1] + 1);
                }
            }
            for (int first : bounds) {
                work[0] += steps.size();
                List<Integer> targets = new ArrayList<>();
                for (int[] edge : steps) {
                    if (edge[0] <= first && first <= edge[1]) {
                        targets.add(edge[2]);
                    }
                }
                if (targets.isEmpty()) {
                    continue;
                }
                int target = add(closure(targets, work), known, sets);
                if (sets.size() > most) {
                    throw new GrammarProblem(
                            String.format(Locale.ROOT, "needs more than %d states; make it smaller", most));
                }
                Integer next = bounds.higher(first);
                for (int b = first; b < (next == null ? 256 : next); b++) {
                    row[b] = (char) target;
                }
            }
        }
        return new ByteDfa(table.toArray(new char[0][]), ends, work[0]).trimmed();
    }

    private static int add(List<Integer> set, Map<List<Integer>, Integer> known, List<List<Integer>> sets) {
        return known.computeIfAbsent(set, added -> {
            sets.add(added);
            return sets.size() - 1;
        });
    }

    private List<Integer> closure(List<Integer> from, long[] work) {
        TreeSet<Integer> closed = new TreeSet<>(from);
        Deque<Integer> open = new ArrayDeque<>(closed);
        while (!open.isEmpty()) {
            for (int next : free.get(open.pop())) {
                if (closed.add(next)) {
                    open.push(next);
                }
            }
        }
        work[0] += closed.size();
        if (work[0] > MAX_WORK) {
            throw new GrammarProblem("takes too long to compile; make it smaller");
        }
        return List.copyOf(closed);
    }
}
