package dev.septet.llm.method;

import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.Weights;
import java.util.Map;
import java.util.Set;

/** Full fine-tuning: every weight outside the frozen layers is trained. */
public record Full() implements Method {
    @Override
    public Map<String, Object> digestFields() {
        return Map.of("type", "full");
    }

    @Override
    public boolean trains(String weight, ModelConfig config, Set<Integer> frozen) {
        return !frozen.contains(Weights.layerOf(weight));
    }
}
