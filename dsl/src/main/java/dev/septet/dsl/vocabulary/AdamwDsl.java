package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.train.AdamwSpec;
import dev.septet.dsl.vocabulary.word.Example;

/** The AdamW optimizer: Adam with decoupled weight decay. */
public final class AdamwDsl {
    private AdamwSpec spec = AdamwSpec.DEFAULT;

    AdamwDsl() {}

    /** Weight decay: each step shrinks a parameter by this fraction times the learning rate. At least 0. */
    @Example("weightDecay 0.01")
    public void weightDecay(@Example("0.01") double share) {
        spec = new AdamwSpec(share, spec.beta1(), spec.beta2(), spec.epsilon());
    }

    /** Decay rate of the running mean of the gradient. From 0 to below 1. */
    @Example("beta1 0.95")
    public void beta1(@Example("0.95") double share) {
        spec = new AdamwSpec(spec.weightDecay(), share, spec.beta2(), spec.epsilon());
    }

    /** Decay rate of the running mean of the squared gradient. From 0 to below 1. */
    @Example("beta2 0.99")
    public void beta2(@Example("0.99") double share) {
        spec = new AdamwSpec(spec.weightDecay(), spec.beta1(), share, spec.epsilon());
    }

    /** Added to the denominator of the update, so that it is never zero. Above 0. */
    @Example("epsilon 1e-6")
    public void epsilon(@Example("1e-6") double number) {
        spec = new AdamwSpec(spec.weightDecay(), spec.beta1(), spec.beta2(), number);
    }

    AdamwSpec spec() {
        return spec;
    }
}
