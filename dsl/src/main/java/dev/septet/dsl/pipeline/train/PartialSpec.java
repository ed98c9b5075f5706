package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * Trains only the last layers of the decoder and the final norm.
 *
 * @param frozenInEveryStep whether the frozen layers below are recomputed in every step, although their outputs are the
 *     same in every epoch
 */
public record PartialSpec(int lastLayers, boolean frozenInEveryStep) implements MethodSpec {
    public PartialSpec {
        require(lastLayers >= 1, "layers must be at least 1, got %s", lastLayers);
    }
}
