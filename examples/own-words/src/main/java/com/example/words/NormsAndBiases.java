package com.example.words;

import dev.septet.activities.train.MethodExtension;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.WordOption;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.Weights;
import java.util.Map;
import java.util.Set;

/**
 * BitFit: the biases are trained, here with the norms, since many models have no bias.
 *
 * @see <a href="https://arxiv.org/abs/2106.10199">Ben Zaken et al., 2021</a>
 */
public final class NormsAndBiases implements MethodExtension {
    @Override
    public ExtensionWord word() {
        return ExtensionWord.method(
                "bitfit",
                "Trains the biases and the norms: a few numbers per layer.",
                WordOption.truth("norms", "Whether the norms are trained too.", true));
    }

    @Override
    public Method method(ExtensionSpec used) {
        return new BitFit(used.truth("norms"));
    }

    /** The names in the digest are persisted: they stay when the Java names change. */
    record BitFit(boolean norms) implements Method {
        @Override
        public Map<String, Object> digestFields() {
            return Map.of("type", "com.example.bitfit", "norms", norms);
        }

        @Override
        public boolean trains(String weight, ModelConfig config, Set<Integer> frozen) {
            boolean chosen = weight.endsWith(".bias") || (norms && weight.endsWith("norm.weight"));
            return chosen && !frozen.contains(Weights.layerOf(weight));
        }
    }
}
