package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.train.SgdSpec;
import dev.septet.dsl.vocabulary.word.Example;

/** The SGD optimizer: stochastic gradient descent with momentum. */
public final class SgdDsl {
    private SgdSpec spec = SgdSpec.DEFAULT;

    SgdDsl() {}

    /** Momentum: the share of the last update that the next one keeps. From 0 to below 1; 0.9 by default. */
    @Example("momentum 0.8")
    public void momentum(@Example("0.8") double share) {
        spec = new SgdSpec(share, spec.weightDecay());
    }

    /** Weight decay: pulls the parameters towards zero. At least 0. */
    @Example("weightDecay 0.01")
    public void weightDecay(@Example("0.01") double share) {
        spec = new SgdSpec(spec.momentum(), share);
    }

    SgdSpec spec() {
        return spec;
    }
}
