package dev.septet.llm.generate.constraint.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A nondeterministic automaton over characters, built by {@link PatternParser}. State 0 is the
 * start.
 */
final class CharNfa {
    /** More states would make the deterministic automaton slow to build. */
    static final int MAX_STATES = 20_000;

    /**
     * @param chars empty for a step without a character
     */
    record Edge(CharRanges chars, int to, boolean free) {
        private Edge to(int other) {
            return new Edge(chars, other, free);
        }
    }

    private final List<List<Edge>> edges = new ArrayList<>();
    private int accept;

    int state() {
        if (edges.size() >= MAX_STATES) {
            throw new GrammarProblem("needs more than " + MAX_STATES + " states; use smaller repetition counts");
        }
        edges.add(new ArrayList<>());
        return edges.size() - 1;
    }

    void add(int from, CharRanges chars, int to) {
        edges.get(from).add(new Edge(chars, to, false));
    }

    void free(int from, int to) {
        edges.get(from).add(new Edge(CharRanges.NONE, to, true));
    }

    /**
     * Copies a part.
     *
     * @param from the state before the part
     * @param edge the first of that state's steps that belongs to the part
     * @param edges how many steps that state had when the part was complete
     * @param first the first state of the part
     * @param last the state at the end of the part; its steps are not of the part
     * @param end one more than the largest state of the part
     * @param start the state before the copy
     * @return how much larger the numbers of the copied states are
     */
    int copy(int from, int edge, int edges, int first, int last, int end, int start) {
        int shift = states() - first;
        for (int state = first; state < end; state++) {
            int copied = state();
            for (Edge each : state == last ? List.<Edge>of() : edges(state)) {
                this.edges.get(copied).add(each.to(each.to() + shift));
            }
        }
        List<Edge> begun = edges(from).subList(edge, edges);
        for (Edge each : List.copyOf(begun)) {
            this.edges.get(start).add(each.to(each.to() + shift));
        }
        return shift;
    }

    void accept(int state) {
        accept = state;
    }

    int accept() {
        return accept;
    }

    int states() {
        return edges.size();
    }

    List<Edge> edges(int state) {
        return edges.get(state);
    }

    /**
     * The texts of this automaton whose length is within bounds.
     *
     * @param max -1 for no limit
     */
    CharNfa withLength(int min, int max) {
        if (min <= 0 && max < 0) {
            return this;
        }
        int levels = (max < 0 ? min : max) + 1;
        if ((long) levels * states() > MAX_STATES) {
            throw new GrammarProblem(String.format(
                    Locale.ROOT,
                    "is too large together with minLength and maxLength: %d states for %d lengths",
                    states(),
                    levels));
        }
        CharNfa bounded = new CharNfa();
        for (int i = 0; i < levels * states(); i++) {
            bounded.state();
        }
        int end = bounded.state();
        bounded.accept(end);
        for (int level = 0; level < levels; level++) {
            for (int state = 0; state < states(); state++) {
                int from = level * states() + state;
                for (Edge edge : edges(state)) {
                    if (edge.free()) {
                        bounded.free(from, level * states() + edge.to());
                    } else if (level + 1 < levels || max < 0) {
                        bounded.add(from, edge.chars(), Math.min(level + 1, levels - 1) * states() + edge.to());
                    }
                }
                if (state == accept && level >= min) {
                    bounded.free(from, end);
                }
            }
        }
        return bounded;
    }
}
