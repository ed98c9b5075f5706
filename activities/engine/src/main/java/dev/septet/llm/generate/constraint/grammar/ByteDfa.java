package dev.septet.llm.generate.constraint.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** A deterministic automaton over bytes, in which every state leads to an end. State 0 is the start. */
public final class ByteDfa {
    static final char DEAD = '\uFFFF';

    private final char[][] table;
    private final BitSet accepting;
    private final BitSet continuing = new BitSet();

    ByteDfa(char[][] table, BitSet accepting) {
        this.table = table;
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

    /** Without the steps that cannot lead to an end. */
    ByteDfa trimmed() {
        BitSet alive = (BitSet) accepting.clone();
        boolean grown = true;
        while (grown) {
            grown = false;
            for (int state = table.length - 1; state >= 0; state--) {
                if (!alive.get(state) && leads(table[state], alive)) {
                    alive.set(state);
                    grown = true;
                }
            }
        }
        if (!alive.get(0)) {
            throw new GrammarProblem("has no text that matches");
        }
        if (alive.cardinality() == table.length) {
            return this;
        }
        char[][] kept = new char[table.length][];
        for (int state = 0; state < table.length; state++) {
            kept[state] = table[state].clone();
            for (int b = 0; b < 256; b++) {
                if (kept[state][b] != DEAD && !alive.get(kept[state][b])) {
                    kept[state][b] = DEAD;
                }
            }
        }
        return new ByteDfa(kept, accepting);
    }

    private static boolean leads(char[] row, BitSet alive) {
        for (char target : row) {
            if (target != DEAD && alive.get(target)) {
                return true;
            }
        }
        return false;
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
                    rows.add(table[next].clone());
                    ends.set(rows.size() - 1, accepting.get(next));
                    rows.get(at)[b] = (char) (rows.size() - 1);
                    next = rows.size() - 1;
                }
                at = next;
            }
            ends.clear(at);
        }
        if (rows.size() >= DEAD) {
            throw new GrammarProblem("has too many names");
        }
        // The root must be state 0.
        char[][] all = rows.toArray(new char[0][]);
        for (char[] row : all) {
            for (int b = 0; b < 256; b++) {
                if (row[b] == 0) {
                    row[b] = (char) root;
                } else if (row[b] == root) {
                    row[b] = 0;
                }
            }
        }
        char[] first = all[0];
        all[0] = all[root];
        all[root] = first;
        boolean rootEnds = ends.get(root);
        ends.set(root, ends.get(0));
        ends.set(0, rootEnds);
        return new ByteDfa(all, ends).trimmed();
    }
}
