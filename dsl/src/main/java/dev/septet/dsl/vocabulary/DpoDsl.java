package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Refusal;

/** Direct preference optimization (DPO): learns from pairs of chosen and rejected answers. */
public final class DpoDsl {
    private DpoSpec spec = DpoSpec.DEFAULT;

    DpoDsl() {}

    /**
     * How strongly DPO penalizes a change of an answer's log-probability against the reference model. Above 0. A large
     * beta keeps the model near its start; a small one lets it change more. 0.1 by default.
     */
    @Example("beta 0.3")
    public void beta(@Example("0.3") double strength) {
        Refusal.unless(strength > 0, "beta must be above 0, got %s", LiteralText.of(strength));
        spec = new DpoSpec(strength);
    }

    DpoSpec spec() {
        return spec;
    }
}
