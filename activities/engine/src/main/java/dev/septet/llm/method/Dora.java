package dev.septet.llm.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.AdapterConfig;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.model.weights.RowNorms;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Weight-decomposed low-rank adaptation (DoRA): h = m (W0 + s B A) / ||W0 + s B A|| x. The norm and
 * the trained magnitude m are per output row, so a row's direction and length are trained
 * separately. As in PEFT, no gradient flows through the norm. LoRA+'s learning rate of B also
 * applies to m.
 *
 * @param lora the product
 * @see <a href="https://arxiv.org/abs/2402.09353">Liu et al., 2024</a>
 */
public record Dora(Lora lora) implements Method {
    @Override
    public Map<String, Object> digestFields() {
        return Map.of("type", "dora", "lora", lora.digestFields());
    }

    @Override
    public boolean trains(String weight, ModelConfig config, Set<Integer> frozen) {
        return lora.trains(weight, config, frozen);
    }

    /** LoRA's initial values, and the norms of W0's rows as magnitudes. */
    @Override
    public LoraAdapter newAdapter(
            NDManager scope, ModelConfig config, Map<String, NDArray> weights, Set<Integer> frozen, long seed) {
        LoraAdapter base = lora.newAdapter(scope, config, weights, frozen, seed);
        RowNorms rows = new RowNorms(scope);
        Map<String, LoraAdapter.Pair> pairs = new LinkedHashMap<>();
        base.pairs().forEach((module, pair) -> {
            String weight = module + ".weight";
            NDArray matrix = Objects.requireNonNull(weights.get(weight), weight);
            NDArray squares = rows.of(matrix);
            NDArray magnitude = squares.sqrt();
            magnitude.setRequiresGradient(true);
            pairs.put(module, new LoraAdapter.Pair(pair.a(), pair.b(), magnitude, squares));
        });
        return new LoraAdapter(pairs, base.scaling(), base.dropout());
    }

    @Override
    public long added(ModelConfig config) {
        return lora.added(config) + outputs(config);
    }

    /** The gradient of a magnitude needs the layer's output before it is scaled. */
    @Override
    public long kept(ModelConfig config) {
        return outputs(config);
    }

    private long outputs(ModelConfig config) {
        return Arrays.stream(LinearLayer.values())
                .filter(linear -> lora.adapts(linear, config))
                .mapToLong(linear -> linear.outputs(config))
                .sum();
    }

    @Override
    public double rateFactor(String parameter) {
        return PeftAdapter.isMagnitude(parameter) ? lora.rateRatio() : lora.rateFactor(parameter);
    }

    @Override
    public Optional<AdapterConfig> adapterConfig(String baseModel) {
        return lora.adapterConfig(baseModel).map(AdapterConfig::withDora);
    }
}
