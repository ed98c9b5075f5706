package dev.septet.llm.generate.constraint;

import dev.septet.llm.generate.constraint.grammar.GrammarMachine.State;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar;
import org.jspecify.annotations.Nullable;

/** Answers that are texts of a grammar. */
public final class GrammarConstraint implements TokenConstraint {
    private final TokenMasks masks;
    private final TokenTrie trie;

    GrammarConstraint(TokenTrie trie, TokenGrammar.Node root) {
        this.masks = new TokenMasks(trie, root);
        this.trie = trie;
        // A grammar that is too large fails here, not on the engine's thread.
        masks.requireSimple();
    }

    @Override
    public Progress begin() {
        return new GrammarProgress(masks.start());
    }

    /** The progress of an answer that begins within the grammar's text; null when that is impossible. */
    @Nullable
    Progress after(byte[] text) {
        State state = masks.after(masks.start(), text, 0);
        return state == null ? null : new GrammarProgress(state);
    }

    private final class GrammarProgress implements Progress {
        private State state;

        GrammarProgress(State state) {
            this.state = state;
        }

        @Override
        public long[] allowed() {
            return masks.allowed(state);
        }

        @Override
        public boolean allows(int id) {
            byte[] text = trie.bytes(id);
            return text.length > 0 && masks.after(state, text, 0) != null;
        }

        @Override
        public void add(int id) {
            State next = masks.after(state, trie.bytes(id), 0);
            if (next == null) {
                throw new IllegalArgumentException("token " + id + " is not allowed here");
            }
            state = next;
        }

        @Override
        public boolean mayEnd() {
            return state.accepts();
        }

        @Override
        public boolean mustEnd() {
            return state.accepts() && !state.continues();
        }
    }
}
