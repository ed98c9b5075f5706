package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Refusal;

/** Learning from pairs of answers. */
public final class DpoDsl {
    private DpoSpec spec = DpoSpec.DEFAULT;

    DpoDsl() {}

    /**
     * How much a change of an answer's log-probability counts. Above 0; large keeps the model near
     * its start, small lets it go.
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
