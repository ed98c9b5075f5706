package dev.septet.dsl.vocabulary;

import dev.septet.dsl.spec.PartialSpec;

/** Training of the last layers only. */
public final class PartialDsl {
    private int layers = 1;

    PartialDsl() {}

    /** How many of the last decoder layers are trained, with the final norm. At least 1. */
    @Required
    @Example("layers 2")
    public void layers(@Example("2") int count) {
        Refusal.unless(count >= 1, "layers must be at least 1, got %s", count);
        layers = count;
    }

    PartialSpec spec() {
        return new PartialSpec(layers);
    }
}
