package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.train.PartialSpec;
import dev.septet.dsl.vocabulary.value.FrozenLayers;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Required;

/** Training of the last layers only. */
public final class PartialDsl {
    private int layers = 1;
    private boolean frozenInEveryStep;

    PartialDsl() {}

    /** The number of last decoder layers that are trained, together with the final norm. At least 1. */
    @Required
    @Example("layers 2")
    public void layers(@Example("2") int count) {
        Refusal.unless(count >= 1, "layers must be at least 1, got %s", count);
        layers = count;
    }

    /**
     * When the frozen layers below are computed. By default, training over two or more epochs computes them once per
     * row and caches their outputs on the store's disk. {@code everyStep} computes them in every step.
     */
    @Example("frozenLayers everyStep")
    public void frozenLayers(FrozenLayers when) {
        frozenInEveryStep = when == FrozenLayers.EVERY_STEP;
    }

    PartialSpec spec() {
        return new PartialSpec(layers, frozenInEveryStep);
    }
}
