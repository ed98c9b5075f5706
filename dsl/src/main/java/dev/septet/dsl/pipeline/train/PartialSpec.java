package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * Only the last layers of the decoder (and the final norm) are trained.
 *
 * @param frozenInEveryStep whether the layers below compute in every step, though they put out the
 *     same in every epoch
 */
public record PartialSpec(int lastLayers, boolean frozenInEveryStep) implements MethodSpec {
    public PartialSpec {
        require(lastLayers >= 1, "layers must be at least 1, got %s", lastLayers);
    }
}
