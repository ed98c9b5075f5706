package dev.septet.llm.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.AdapterConfig;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.LoraAdapter;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * LoRA on a base model whose linear layers are stored in 4 bits. A block's dequantized matrices
 * exist only while the block is computed: in the forward pass, and again in the backward pass. The
 * adapter is an ordinary LoRA adapter of the unquantized base model.
 *
 * @param lora the product
 * @see <a href="https://arxiv.org/abs/2305.14314">Dettmers et al., 2023</a>
 */
public record Qlora(Lora lora) implements Method {
    @Override
    public Map<String, Object> digestFields() {
        return Map.of("type", "qlora", "lora", lora.digestFields());
    }

    @Override
    public boolean trains(String weight, ModelConfig config, Set<Integer> frozen) {
        return lora.trains(weight, config, frozen);
    }

    /** The linear layers of every block, except experts. */
    @Override
    public boolean quantizes(String weight) {
        return LinearLayer.isOne(weight);
    }

    @Override
    public boolean recomputes() {
        return true;
    }

    @Override
    public LoraAdapter newAdapter(
            NDManager scope, ModelConfig config, Map<String, NDArray> weights, Set<Integer> frozen, long seed) {
        return lora.newAdapter(scope, config, weights, frozen, seed);
    }

    @Override
    public long added(ModelConfig config) {
        return lora.added(config);
    }

    @Override
    public double rateFactor(String parameter) {
        return lora.rateFactor(parameter);
    }

    @Override
    public Optional<AdapterConfig> adapterConfig(String baseModel) {
        return lora.adapterConfig(baseModel);
    }
}
