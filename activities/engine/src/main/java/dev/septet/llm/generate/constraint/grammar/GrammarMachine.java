package dev.septet.llm.generate.constraint.grammar;

import dev.septet.llm.generate.constraint.grammar.TokenGrammar.Graph;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar.Node;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar.Repeat;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar.Rule;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows the texts of a grammar byte by byte. A state is the set of all positions in the grammar
 * that the text so far can have; a position is a stack of unfinished parts. States and steps are
 * computed when they are first needed and then kept. Not thread-safe.
 */
public final class GrammarMachine {
    /** Most positions of one state: a grammar with more is too ambiguous. */
    private static final int MAX_POSITIONS = 1_024;

    /** Most states that are kept; with more, all are forgotten and computed again when needed. */
    private static final int MAX_STATES = 16_384;

    private final Node root;
    private final int longest;
    private final Map<Key, Frame> frames = new HashMap<>();
    private final Map<List<Integer>, State> states = new HashMap<>();
    private int nextFrame;
    private long work;

    private record Key(int node, int count, int below) {}

    /** An unfinished part, on top of the parts that contain it. Equal ones are one object. */
    private static final class Frame {
        private final int id;
        private final Node node;
        private final int count;
        private final @Nullable Frame below;
        private final int depth;

        Frame(int id, Node node, int count, @Nullable Frame below) {
            this.id = id;
            this.node = node;
            this.count = count;
            this.below = below;
            this.depth = (below == null ? 0 : below.depth) + (node.nests() ? 1 : 0);
        }
    }

    /** The set of positions that a text can have. */
    public static final class State {
        private final Frame[] positions;
        private final boolean accepting;
        private final @Nullable State[] next = new @Nullable State[256];
        private final boolean[] known = new boolean[256];
        private @Nullable State representative;

        /** What the owner of this machine keeps for this state. */
        private @Nullable Object note;

        State(Frame[] positions, boolean accepting) {
            this.positions = positions;
            this.accepting = accepting;
        }

        /** Whether the text so far is complete. */
        public boolean accepts() {
            return accepting;
        }

        /** Whether the text can continue. */
        public boolean continues() {
            return positions.length > 0;
        }

        /** Number of positions that the text can have. */
        public int positions() {
            return positions.length;
        }

        public @Nullable Object note() {
            return note;
        }

        public void note(@Nullable Object kept) {
            note = kept;
        }
    }

    /**
     * @param root a part of a completed grammar
     * @param longest most bytes that are followed from one state before the next is asked for its
     *     {@link #representative}
     */
    public GrammarMachine(Node root, int longest) {
        this.root = root;
        this.longest = longest;
    }

    /** The state of the empty text. */
    public State start() {
        Closure closure = new Closure();
        closure.push(root, 0, null, 0);
        return closure.state();
    }

    /** The state after one more byte; null when no text continues so. */
    public @Nullable State next(State state, int value) {
        if (!state.known[value]) {
            State after = compute(state, value);
            state.next[value] = after;
            state.known[value] = true;
        }
        return state.next[value];
    }

    private @Nullable State compute(State state, int value) {
        Closure closure = new Closure();
        work += state.positions.length + 1;
        for (Frame frame : state.positions) {
            int target = ((Text) frame.node).dfa.next(frame.count, value);
            if (target >= 0) {
                closure.expand(frame(frame.node, target, frame.below));
            }
        }
        return closure.isEmpty() ? null : closure.state();
    }

    /** Positions that were followed so far, a measure of the time spent. */
    public long work() {
        return work;
    }

    /**
     * A state that allows the same next bytes, for at most the longest text. Counts of repetitions
     * that are far from their limits make no difference, so that long lists and strings have few
     * such states.
     */
    public State representative(State state) {
        State known = state.representative;
        if (known == null) {
            Set<Frame> clamped = new HashSet<>();
            for (Frame frame : state.positions) {
                clamped.add(clamped(frame));
                work += stack(frame);
            }
            known = state(clamped, state.accepting);
            state.representative = known;
        }
        return known;
    }

    private static int stack(Frame frame) {
        int parts = 0;
        for (Frame at = frame; at != null; at = at.below) {
            parts++;
        }
        return parts;
    }

    private Frame clamped(Frame frame) {
        List<Frame> stack = new ArrayList<>();
        for (Frame at = frame; at != null; at = at.below) {
            stack.add(at);
        }
        Frame below = null;
        for (int i = stack.size() - 1; i >= 0; i--) {
            Frame each = stack.get(i);
            int count = each.node instanceof Repeat repeat ? clamped(repeat, each.count) : each.count;
            below = frame(each.node, count, below);
        }
        return below == null ? frame : below;
    }

    private int clamped(Repeat repeat, int count) {
        if (repeat.min - count > longest) {
            return repeat.min - longest - 1;
        }
        return count > repeat.min && repeat.max - count > longest ? repeat.min : count;
    }

    private Frame frame(Node node, int count, @Nullable Frame below) {
        return frames.computeIfAbsent(
                new Key(node.id, count, below == null ? -1 : below.id),
                key -> new Frame(nextFrame++, node, count, below));
    }

    private State state(Set<Frame> positions, boolean accepting) {
        work += positions.size();
        Frame[] sorted = positions.toArray(new Frame[0]);
        Arrays.sort(sorted, Comparator.comparingInt(frame -> frame.id));
        List<Integer> key = new ArrayList<>(sorted.length + 1);
        for (Frame frame : sorted) {
            key.add(frame.id);
        }
        key.add(accepting ? -1 : -2);
        State known = states.get(key);
        if (known == null) {
            if (states.size() >= MAX_STATES) {
                states.clear();
                frames.clear();
            }
            known = new State(sorted, accepting);
            states.put(key, known);
        }
        return known;
    }

    /** Collects the positions that are reached without a byte. */
    private final class Closure {
        private final Set<Frame> positions = new HashSet<>();
        private final Set<Frame> seen = new HashSet<>();
        private boolean accepting;

        boolean isEmpty() {
            return positions.isEmpty() && !accepting;
        }

        State state() {
            return GrammarMachine.this.state(positions, accepting);
        }

        void push(Node node, int count, @Nullable Frame below, int depth) {
            if (depth + node.depth <= TokenGrammar.MAX_DEPTH) {
                expand(frame(node, count, below));
            }
        }

        void expand(@Nullable Frame frame) {
            if (frame == null) {
                accepting = true;
                return;
            }
            if (!seen.add(frame)) {
                return;
            }
            work++;
            if (seen.size() > MAX_POSITIONS) {
                throw new GrammarProblem(String.format(
                        Locale.ROOT,
                        "has too many ways to continue at once, more than %d; use fewer alternatives",
                        MAX_POSITIONS));
            }
            Node node = frame.node;
            if (node instanceof Text text) {
                if (text.dfa.continues(frame.count)) {
                    positions.add(frame);
                }
                if (text.dfa.accepts(frame.count)) {
                    expand(frame.below);
                }
            } else if (node instanceof Repeat repeat) {
                repeat(frame, repeat);
            } else if (node instanceof Rule rule && rule.body != null) {
                push(rule.body, 0, frame.below, frame.depth);
            } else if (node instanceof Graph graph) {
                graph(frame, graph);
            }
        }

        private void repeat(Frame frame, Repeat repeat) {
            int count = frame.count;
            if (repeat.max < 0 || count < repeat.max) {
                int more = repeat.max < 0 ? Math.min(count + 1, repeat.min) : count + 1;
                push(repeat.item, 0, frame(repeat, more, frame.below), frame.depth);
            }
            if (count >= repeat.min) {
                expand(frame.below);
            }
        }

        private void graph(Frame frame, Graph graph) {
            int state = frame.count;
            for (Graph.Edge edge : graph.edges.get(state)) {
                if (frame.depth + graph.depths[edge.to()] > TokenGrammar.MAX_DEPTH) {
                    continue;
                }
                boolean last = graph.finished(edge.to());
                Frame below = last ? frame.below : frame(graph, edge.to(), frame.below);
                Node part = edge.part();
                if (part == null) {
                    expand(below);
                } else {
                    push(part, 0, below, frame.depth);
                }
            }
            if (graph.ends.get(state)) {
                expand(frame.below);
            }
        }
    }
}
