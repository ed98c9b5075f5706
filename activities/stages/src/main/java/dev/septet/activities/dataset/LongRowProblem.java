package dev.septet.activities.dataset;

import dev.septet.dsl.text.PublicText;

/** A row is longer than {@code maxTokens}. */
public final class LongRowProblem extends RowProblem {
    private static final long serialVersionUID = 1L;

    public LongRowProblem(PublicText reason) {
        super(reason);
    }
}
