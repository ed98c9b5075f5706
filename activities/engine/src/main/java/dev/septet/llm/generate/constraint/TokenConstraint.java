package dev.septet.llm.generate.constraint;

import org.jspecify.annotations.Nullable;

/**
 * A rule for the tokens of answers. The answers of several requests may use one object, on
 * different threads.
 */
public interface TokenConstraint {
    /** Begins an answer. */
    Progress begin();

    /** One answer so far. Used by one thread at a time. */
    interface Progress {
        /**
         * The tokens that may come next, one bit for each id; null for every token. Not to be
         * changed. A token that ends the answer is not among them.
         */
        long @Nullable [] allowed();

        /** Whether a token may come next, where {@link #allowed} is null. */
        boolean allows(int id);

        /** Adds an allowed token. */
        void add(int id);

        /** Whether the answer may end here. */
        boolean mayEnd();

        /** Whether the answer must end here: it is complete, and nothing may follow. */
        boolean mustEnd();
    }
}
