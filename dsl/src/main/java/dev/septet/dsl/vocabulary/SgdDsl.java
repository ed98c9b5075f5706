package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.train.SgdSpec;
import dev.septet.dsl.vocabulary.word.Example;

/** Stochastic gradient descent. */
public final class SgdDsl {
    private SgdSpec spec = SgdSpec.DEFAULT;

    SgdDsl() {}

    /** Share of the last step's direction that the next one keeps. From 0 to below 1. */
    @Example("momentum 0.8")
    public void momentum(@Example("0.8") double share) {
        spec = new SgdSpec(share, spec.weightDecay());
    }

    /** Pull of the parameters towards zero. At least 0. */
    @Example("weightDecay 0.01")
    public void weightDecay(@Example("0.01") double share) {
        spec = new SgdSpec(spec.momentum(), share);
    }

    SgdSpec spec() {
        return spec;
    }
}
