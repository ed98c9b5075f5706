package dev.septet.llm.generate.constraint.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A deterministic automaton over bytes, in which every state leads to an end. State 0 is the start. */
public final class ByteDfa {
    static final char DEAD = '\uFFFF';

    /** Most states, because their numbers are chars and one of these means no state. */
    static final int MAX_STATES = 65_534;

    private final char[][] table;
    private final BitSet accepting;
    private final BitSet continuing = new BitSet();

    /** Work to make this automaton, in visited states. */
    private final long work;

    ByteDfa(char[][] table, BitSet accepting, long work) {
        if (table.length > MAX_STATES) {
            throw new IllegalArgumentException("too many states: " + table.length);
        }
        this.table = table;
        this.work = work;
        this.accepting = accepting;
        for (int state = 0; state < table.length; state++) {
            for (char target : table[state]) {
                if (target != DEAD) {
                    continuing.set(state);
                    break;
                }
            }
        }
    }

    /** The automaton of one text. */
    public static ByteDfa text(String text) {
        ByteNfa nfa = new ByteNfa();
        nfa.accept(nfa.text(0, text));
        return nfa.deterministic(text.length() * 4 + 2);
    }

    /** The steps of each state, by byte. Automata may share them. */
    char[][] rows() {
        return table;
    }

    long work() {
        return work;
    }

    int states() {
        return table.length;
    }

    /** The state after a byte; -1 for none. */
    int next(int state, int value) {
        char target = table[state][value];
        return target == DEAD ? -1 : target;
    }

    boolean accepts(int state) {
        return accepting.get(state);
    }

    /** Whether a text may continue after this state. */
    boolean continues(int state) {
        return continuing.get(state);
    }

    /** Whether a text belongs to this automaton. */
    public boolean matches(byte[] text) {
        int state = 0;
        for (byte value : text) {
            state = next(state, value & 0xFF);
            if (state < 0) {
                return false;
            }
        }
        return accepts(state);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ByteDfa dfa && accepting.equals(dfa.accepting) && Arrays.deepEquals(table, dfa.table);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.deepHashCode(table) + accepting.hashCode();
    }

    /** Without the steps that cannot lead to an end. */
    ByteDfa trimmed() {
        BitSet alive = alive();
        if (!alive.get(0)) {
            throw new GrammarProblem("has no text that matches");
        }
        if (alive.cardinality() == table.length) {
            return this;
        }
        char[][] kept = new char[table.length][];
        for (int state = 0; state < table.length; state++) {
            char[] row = table[state];
            for (int b = 0; b < 256; b++) {
                if (row[b] != DEAD && !alive.get(row[b])) {
                    row = row == table[state] ? row.clone() : row;
                    row[b] = DEAD;
                }
            }
            kept[state] = row;
        }
        return new ByteDfa(kept, accepting, work);
    }

    /** The states that lead to an end. */
    private BitSet alive() {
        List<List<Integer>> before = new ArrayList<>();
        for (int state = 0; state < table.length; state++) {
            before.add(new ArrayList<>(1));
        }
        for (int state = 0; state < table.length; state++) {
            char last = DEAD;
            for (char target : table[state]) {
                if (target != DEAD && target != last) {
                    before.get(target).add(state);
                }
                last = target;
            }
        }
        BitSet alive = (BitSet) accepting.clone();
        Deque<Integer> open = new ArrayDeque<>(accepting.stream().boxed().toList());
        while (!open.isEmpty()) {
            for (int state : before.get(open.pop())) {
                if (!alive.get(state)) {
                    alive.set(state);
                    open.push(state);
                }
            }
        }
        return alive;
    }

    /**
     * The texts of this automaton except the given ones.
     *
     * @param texts each a text of this automaton
     */
    public ByteDfa without(Iterable<byte[]> texts) {
        // A tree of the texts; each of its nodes has the steps of a state of this automaton.
        List<char[]> rows = new ArrayList<>(Arrays.asList(table));
        int root = rows.size();
        rows.add(table[0].clone());
        BitSet ends = (BitSet) accepting.clone();
        ends.set(root, accepting.get(0));
        for (byte[] text : texts) {
            int at = root;
            for (byte value : text) {
                int b = value & 0xFF;
                int next = rows.get(at)[b];
                if (next == DEAD) {
                    throw new IllegalArgumentException("not a text of this automaton");
                }
                if (next < table.length) {
                    if (rows.size() >= MAX_STATES) {
                        throw new GrammarProblem(String.format(
                                Locale.ROOT,
                                "needs more than %d states for its property names; use fewer or shorter names",
                                MAX_STATES));
                    }
                    rows.add(table[next].clone());
                    ends.set(rows.size() - 1, accepting.get(next));
                    rows.get(at)[b] = (char) (rows.size() - 1);
                    next = rows.size() - 1;
                }
                at = next;
            }
            ends.clear(at);
        }
        // The root must be state 0.
        char[][] all = rows.toArray(new char[0][]);
        for (int state = 0; state < all.length; state++) {
            char[] row = all[state];
            for (int b = 0; b < 256; b++) {
                if (row[b] == 0 || row[b] == root) {
                    // Other automata may have the same row.
                    row = row == all[state] ? row.clone() : row;
                    row[b] = row[b] == 0 ? (char) root : 0;
                }
            }
            all[state] = row;
        }
        char[] first = all[0];
        all[0] = all[root];
        all[root] = first;
        boolean rootEnds = ends.get(root);
        ends.set(root, ends.get(0));
        ends.set(0, rootEnds);
        return new ByteDfa(all, ends, rows.size() - table.length).trimmed();
    }
}
