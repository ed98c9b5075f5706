package dev.septet.llm.generate.constraint;

import dev.septet.llm.generate.constraint.grammar.GrammarMachine;
import dev.septet.llm.generate.constraint.grammar.GrammarMachine.State;
import dev.septet.llm.generate.constraint.grammar.GrammarProblem;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that a grammar allows after each state. A mask is computed by walking the tree of
 * tokens and the grammar together, once for each state, and then kept.
 */
final class TokenMasks {
    /** Masks that are kept; with more, all are forgotten. */
    private static final int KEPT = 256;

    /** Most positions of the grammar that one mask may follow, between 0.1 and 0.2 seconds. */
    private static final long MAX_WORK = 50_000;

    private static final int EXPLORED_STATES = 1_000;
    private static final long EXPLORED_WORK = 100_000;
    private static final int EXPLORED_MASKS = 4;

    private final TokenTrie trie;
    private final GrammarMachine machine;
    private final List<State> kept = new ArrayList<>();

    TokenMasks(TokenTrie trie, TokenGrammar.Node root) {
        this.trie = trie;
        this.machine = new GrammarMachine(root, trie.longest());
    }

    synchronized State start() {
        return machine.start();
    }

    /** The state after a text; null when the grammar does not allow it. */
    synchronized @Nullable State after(State state, byte[] text, int from) {
        State at = state;
        for (int i = from; i < text.length && at != null; i++) {
            at = machine.next(at, text[i] & 0xFF);
        }
        return at;
    }

    /**
     * The allowed tokens.
     *
     * @throws GrammarProblem when this takes too long
     */
    synchronized long[] allowed(State state) {
        long limit = machine.work() + MAX_WORK;
        State same = machine.representative(state);
        if (same.note() instanceof long[] known) {
            return known;
        }
        long[] mask = compute(same, limit);
        if (kept.size() >= KEPT) {
            kept.forEach(old -> old.note(null));
            kept.clear();
        }
        same.note(mask);
        kept.add(same);
        return mask;
    }

    /**
     * Follows the first states of the grammar, and computes the masks of the ones with most positions.
     *
     * @throws GrammarProblem when the grammar has too many ways to continue
     */
    synchronized void requireSimple() {
        long limit = machine.work() + EXPLORED_WORK;
        State start = machine.start();
        var unused = allowed(start);
        Set<State> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<State> open = new ArrayDeque<>(List.of(start));
        seen.add(start);
        while (!open.isEmpty() && seen.size() < EXPLORED_STATES) {
            State state = open.pop();
            for (int value = 0; value < 256 && machine.work() < limit; value++) {
                State next = machine.next(state, value);
                if (next != null && seen.add(next)) {
                    open.add(next);
                }
            }
        }
        seen.stream()
                .sorted(Comparator.comparingInt(State::positions).reversed())
                .limit(EXPLORED_MASKS)
                .forEach(state -> {
                    var ignored = allowed(state);
                });
    }

    private long[] compute(State state, long limit) {
        long[] mask = new long[(trie.bytes().size() + 63) / 64];
        State[] stack = new State[trie.longest() + 1];
        int[] ends = new int[trie.longest() + 1];
        stack[0] = state;
        ends[0] = trie.nodes();
        int depth = 0;
        for (int node = 0; node < trie.nodes(); ) {
            while (node >= ends[depth]) {
                depth--;
            }
            State next = machine.next(stack[depth], trie.label(node));
            if (next == null) {
                node = trie.end(node);
                continue;
            }
            if (machine.work() > limit) {
                throw new GrammarProblem("has too many ways to continue; use a simpler schema");
            }
            trie.add(node, mask);
            depth++;
            stack[depth] = next;
            ends[depth] = trie.end(node);
            node++;
        }
        return mask;
    }
}
