package dev.septet.llm.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.AdapterConfig;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Torch;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Low-rank adaptation: h = W0 x + s B A dropout(x), with W0 frozen and s = alpha / rank, or alpha /
 * sqrt(rank) when rank-stabilized.
 *
 * @param rank inner size of the product; at least 1
 * @param alpha numerator of the product's scale
 * @param dropout probability that an element of x is zeroed in training
 * @param targets last parts of the names of the adapted layers, such as {@code q_proj}
 * @param rankStabilized whether alpha is divided by the rank's square root
 * @param rateRatio learning rate of B in multiples of A's (LoRA+); at least 1
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al., 2021</a>
 * @see <a href="https://arxiv.org/abs/2312.03732">Kalajdzievski, 2023 (rsLoRA)</a>
 * @see <a href="https://arxiv.org/abs/2402.12354">Hayou et al., 2024 (LoRA+)</a>
 */
public record Lora(
        int rank, double alpha, double dropout, List<String> targets, boolean rankStabilized, double rateRatio)
        implements Method {

    public Lora {
        targets = List.copyOf(targets);
        if (rank < 1 || alpha <= 0 || dropout < 0 || dropout >= 1 || rateRatio < 1) {
            throw new IllegalArgumentException(
                    "rank must be at least 1, alpha above 0, dropout from 0 to below 1, rateRatio"
                            + " at least 1; they are "
                            + List.of(rank, alpha, dropout, rateRatio));
        }
        List<String> known =
                Arrays.stream(LinearLayer.values()).map(LinearLayer::module).toList();
        if (targets.isEmpty() || !known.containsAll(targets)) {
            throw new IllegalArgumentException(
                    "targets must contain only names from " + known + ", and at least one, got " + targets);
        }
    }

    /** LoRA scaled by alpha / rank, with one learning rate. */
    public Lora(int rank, double alpha, double dropout, List<String> targets) {
        this(rank, alpha, dropout, targets, false, 1);
    }

    /** Factor of the product. */
    public double scaling() {
        return alpha / (rankStabilized ? Math.sqrt(rank) : rank);
    }

    @Override
    public Map<String, Object> digestFields() {
        return Map.of(
                "type", "lora",
                "rank", rank,
                "alpha", alpha,
                "dropout", dropout,
                "targets", targets,
                "rankStabilized", rankStabilized,
                "rateRatio", rateRatio);
    }

    @Override
    public boolean trains(String weight, ModelConfig config, Set<Integer> frozen) {
        return false;
    }

    /**
     * A new adapter, which does not change the model yet: A is uniform within 1/sqrt(in) (Kaiming
     * initialization with a = sqrt 5, as in PEFT), B is zero.
     */
    @Override
    public LoraAdapter newAdapter(
            NDManager scope, ModelConfig config, Map<String, NDArray> weights, Set<Integer> frozen, long seed) {
        Map<String, LoraAdapter.Pair> pairs = new LinkedHashMap<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            for (LinearLayer linear : LinearLayer.values()) {
                if (adapts(linear, config) && !frozen.contains(layer)) {
                    pairs.put(linear.module(layer), pair(scope, config, linear, layer, seed));
                }
            }
        }
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("every layer is frozen or lacks the targets, so nothing can be trained");
        }
        return new LoraAdapter(pairs, scaling(), dropout);
    }

    @Override
    public long added(ModelConfig config) {
        return Arrays.stream(LinearLayer.values())
                .filter(linear -> adapts(linear, config))
                .mapToLong(linear -> (long) rank * (linear.inputs(config) + linear.outputs(config)))
                .sum();
    }

    @Override
    public double rateFactor(String parameter) {
        return PeftAdapter.isB(parameter) ? rateRatio : 1;
    }

    @Override
    public Optional<AdapterConfig> adapterConfig(String baseModel) {
        return Optional.of(new AdapterConfig(baseModel, null, rank, alpha, dropout, targets, rankStabilized, false));
    }

    /** Targets that the model does not have are ignored, such as those replaced by experts. */
    boolean adapts(LinearLayer linear, ModelConfig config) {
        return targets.contains(linear.module()) && linear.isIn(config);
    }

    private LoraAdapter.Pair pair(NDManager scope, ModelConfig config, LinearLayer linear, int layer, long seed) {
        int in = linear.inputs(config);
        CounterRandom random = CounterRandom.stream(seed, "lora " + linear.module(layer));
        double bound = 1 / Math.sqrt(in);
        float[] values = new float[Math.multiplyExact(rank, in)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (bound * (2 * random.uniform(i) - 1));
        }
        NDArray a = Torch.floats(scope, values, new Shape(rank, in));
        NDArray b = scope.zeros(new Shape(linear.outputs(config), rank));
        a.setRequiresGradient(true);
        b.setRequiresGradient(true);
        return new LoraAdapter.Pair(a, b);
    }
}
