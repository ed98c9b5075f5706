package dev.septet.llm.generate.constraint.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A grammar: texts of automata, repetitions, graphs of parts, and rules that may contain
 * themselves. Built once, then only read.
 */
public final class TokenGrammar {
    /** Most values inside each other: arrays and objects. */
    public static final int MAX_DEPTH = 32;

    private static final int NEVER = Integer.MAX_VALUE / 2;
    private static final int MAX_NODES = 50_000;

    /** Most states of all automata together; each has 512 bytes. */
    private static final int MAX_STATES = 100_000;

    /** Most work to make all automata, in visited states: a few seconds. */
    private static final long MAX_WORK = 12_000_000;

    private final List<Node> nodes = new ArrayList<>();
    private final Map<ByteDfa, Node> texts = new HashMap<>();
    private final Set<char[]> rows = Collections.newSetFromMap(new IdentityHashMap<>());
    private long work;

    /** A part of a grammar. */
    public abstract static sealed class Node permits Text, Repeat, Graph, Rule {
        final int id;

        /** Fewest values inside each other that a text of this part needs. */
        int depth = NEVER;

        Node(int id) {
            this.id = id;
        }

        /** Whether this part is a value with other values inside. */
        boolean nests() {
            return false;
        }
    }

    /** The texts of an automaton. */
    static final class Text extends Node {
        final ByteDfa dfa;

        Text(int id, ByteDfa dfa) {
            super(id);
            this.dfa = dfa;
            this.depth = 0;
        }
    }

    /** A part several times. */
    static final class Repeat extends Node {
        final Node item;
        final int min;
        final int max;

        Repeat(int id, Node item, int min, int max) {
            super(id);
            this.item = item;
            this.min = min;
            this.max = max;
        }
    }

    /** A part that is defined later, so that parts can contain themselves. */
    public static final class Rule extends Node {
        @Nullable
        Node body;

        Rule(int id) {
            super(id);
        }

        /** Defines the part. */
        public void define(Node definition) {
            body = definition;
        }
    }

    /** Parts one after another, with choices: a path from state 0 to an end. */
    public static final class Graph extends Node {
        /**
         * A part, and the state after it.
         *
         * @param part null for nothing
         */
        record Edge(@Nullable Node part, int to) {}

        final List<List<Edge>> edges = new ArrayList<>();
        final List<Boolean> ends = new ArrayList<>();
        final boolean nests;

        /** For each state, the fewest values inside each other on the way to an end. */
        int[] depths = new int[0];

        Graph(int id, boolean nests) {
            super(id);
            this.nests = nests;
            state();
        }

        @Override
        boolean nests() {
            return nests;
        }

        public int state() {
            edges.add(new ArrayList<>());
            ends.add(false);
            return edges.size() - 1;
        }

        public void add(int from, Node part, int to) {
            edges.get(from).add(new Edge(part, to));
        }

        /** A step without a part. */
        public void free(int from, int to) {
            edges.get(from).add(new Edge(null, to));
        }

        public void end(int state) {
            ends.set(state, true);
        }

        boolean finished(int state) {
            return ends.get(state) && edges.get(state).isEmpty();
        }
    }

    private <T extends Node> T added(T node) {
        if (nodes.size() >= MAX_NODES) {
            throw new GrammarProblem("needs more than " + MAX_NODES + " parts");
        }
        nodes.add(node);
        return node;
    }

    /**
     * The texts of an automaton. Equal automata are one part.
     *
     * @throws GrammarProblem when the automata of this grammar are too large together
     */
    public Node text(ByteDfa dfa) {
        work += dfa.work();
        if (work > MAX_WORK) {
            throw new GrammarProblem("takes too long to compile; use a smaller schema");
        }
        Node known = texts.get(dfa);
        if (known != null) {
            return known;
        }
        Collections.addAll(rows, dfa.rows());
        if (rows.size() > MAX_STATES) {
            throw new GrammarProblem(String.format(
                    Locale.ROOT,
                    "needs more than %d states together with the rest of the schema; use a smaller one",
                    MAX_STATES));
        }
        Node text = added(new Text(nodes.size(), dfa));
        texts.put(dfa, text);
        return text;
    }

    /**
     * A part several times.
     *
     * @param item never an empty text
     * @param max -1 for no limit
     */
    public Node repeat(Node item, int min, int max) {
        return added(new Repeat(nodes.size(), item, min, max));
    }

    public Rule rule() {
        return added(new Rule(nodes.size()));
    }

    /**
     * A graph with one state.
     *
     * @param nests whether it is a value with other values inside
     */
    public Graph graph(boolean nests) {
        return added(new Graph(nodes.size(), nests));
    }

    /** Parts one after another. */
    public Node sequence(Node... parts) {
        Graph graph = graph(false);
        int state = 0;
        for (Node part : parts) {
            int next = graph.state();
            graph.add(state, part, next);
            state = next;
        }
        graph.end(state);
        return graph;
    }

    /** One of several parts. */
    public Node oneOf(List<Node> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        Graph graph = graph(false);
        int end = graph.state();
        parts.forEach(part -> graph.add(0, part, end));
        graph.end(end);
        return graph;
    }

    /**
     * Completes the grammar.
     *
     * @throws GrammarProblem when the root has no text within {@link #MAX_DEPTH}
     */
    public void complete(Node root) {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int i = nodes.size() - 1; i >= 0; i--) {
                Node node = nodes.get(i);
                int depth = depth(node);
                changed |= depth != node.depth;
                node.depth = depth;
            }
        }
        if (root.depth > MAX_DEPTH) {
            throw new GrammarProblem(
                    root.depth >= NEVER
                            ? "has no value that ends: it always contains itself"
                            : String.format(
                                    Locale.ROOT, "needs values inside each other more than %d deep", MAX_DEPTH));
        }
    }

    private static int depth(Node node) {
        if (node instanceof Repeat repeat) {
            return repeat.min == 0 ? 0 : repeat.item.depth;
        } else if (node instanceof Rule rule) {
            return rule.body == null ? NEVER : rule.body.depth;
        } else if (node instanceof Graph graph) {
            int[] depths = new int[graph.edges.size()];
            Arrays.fill(depths, NEVER);
            boolean changed = true;
            while (changed) {
                changed = false;
                for (int state = depths.length - 1; state >= 0; state--) {
                    int least = graph.ends.get(state) ? 0 : NEVER;
                    for (Graph.Edge edge : graph.edges.get(state)) {
                        int part = edge.part() == null ? 0 : edge.part().depth;
                        least = Math.min(least, Math.max(part, depths[edge.to()]));
                    }
                    changed |= least != depths[state];
                    depths[state] = least;
                }
            }
            graph.depths = depths;
            return Math.min(NEVER, depths[0] + (graph.nests && depths[0] < NEVER ? 1 : 0));
        }
        return node.depth;
    }
}
