package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.train.LoraScaling;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Low-rank adapters beside the frozen linear layers: the words of lora, dora and qlora. */
public final class LoraDsl {
    private int rank = LoraSpec.DEFAULT_RANK;
    private @Nullable Double alpha;
    private double dropout = LoraSpec.DEFAULT_DROPOUT;
    private List<String> targets = LoraSpec.ALL_LINEAR;
    private LoraScaling scaling = LoraScaling.PLAIN;
    private double rateRatio = 1;

    LoraDsl() {}

    /** The rank of the adapter: the inner size of its two matrices. From 1 to 1024. */
    @Example("rank 8")
    public void rank(@Example("8") int size) {
        Refusal.unless(size >= 1 && size <= 1024, "rank must be from 1 to 1024, got %s", size);
        rank = size;
    }

    /** The adapter's output is multiplied by alpha / rank, see `scaling`. Twice the rank by default. */
    @Example("alpha 16")
    public void alpha(@Example("16") double scale) {
        Refusal.unless(scale > 0, "alpha must be above 0, got %s", LiteralText.of(scale));
        alpha = scale;
    }

    /** The share of the adapter's inputs that is dropped in each step. From 0 to below 1. */
    @Example("dropout 0.05")
    public void dropout(@Example("0.05") double share) {
        Refusal.unless(share >= 0 && share < 1, "dropout must be from 0 to below 1, got %s", LiteralText.of(share));
        dropout = share;
    }

    /** The linear layers that get an adapter. By default, all linear layers of every block. */
    @Example("targets 'q_proj', 'v_proj'")
    public void targets(@Example("'q_proj', 'v_proj'") String... layers) {
        targets = List.of(layers);
        for (String layer : layers) {
            Refusal.unless(
                    LoraSpec.ALL_LINEAR.contains(layer),
                    "targets takes %s, got '%s'",
                    String.join(", ", LoraSpec.ALL_LINEAR),
                    layer);
        }
        Refusal.unless(targets.stream().distinct().count() == layers.length, "targets names a layer twice");
    }

    /** The divisor of alpha: the rank, or its square root, so that high ranks learn as fast as low ones. */
    @Example("scaling rankStabilized")
    public void scaling(LoraScaling divisor) {
        scaling = divisor;
    }

    /** The learning rate of the adapter's second matrix, as a multiple of the first one's. 1 by default. */
    @Example("rateRatio 16")
    public void rateRatio(@Example("16") double times) {
        Refusal.unless(times >= 1, "rateRatio must be at least 1, got %s", LiteralText.of(times));
        rateRatio = times;
    }

    LoraSpec spec() {
        double numerator = alpha == null ? 2.0 * rank : alpha;
        return new LoraSpec(rank, numerator, dropout, targets, scaling, rateRatio);
    }
}
