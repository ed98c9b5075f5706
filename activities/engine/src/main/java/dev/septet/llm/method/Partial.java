package dev.septet.llm.method;

import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.Weights;
import java.util.Map;
import java.util.Set;

/**
 * Trains the last blocks and the final norm, but not embedding and output. The backward pass ends
 * at the first trained block.
 *
 * @param lastLayers number of blocks, counted from the top; at least 1
 */
public record Partial(int lastLayers) implements Method {
    private static final String FINAL_NORM = "model.norm.weight";

    public Partial {
        if (lastLayers < 1) {
            throw new IllegalArgumentException("lastLayers must be at least 1, is " + lastLayers);
        }
    }

    @Override
    public Map<String, Object> digestFields() {
        return Map.of("type", "partial", "lastLayers", lastLayers);
    }

    @Override
    public boolean trains(String weight, ModelConfig config, Set<Integer> frozen) {
        int layer = Weights.layerOf(weight);
        boolean last = layer >= config.layers() - lastLayers && layer >= 0;
        return weight.equals(FINAL_NORM) || (last && !frozen.contains(layer));
    }
}
