package dev.septet.llm.model.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.Layout;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.MatrixProducts;
import dev.septet.llm.model.weights.Sublayers;
import dev.septet.llm.model.weights.WeightStacks;
import dev.septet.llm.model.weights.Weights;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.TensorList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The fused training program for a Llama's own weights, all of them or those of some blocks. Its
 * backward pass is handwritten (the resource {@code weights.py}).
 */
public final class FusedWeightProgram implements TrainingProgram {
    private final Script script;
    private final WeightStacks stacks;
    private final TensorList weights;
    private final boolean above;
    private @Nullable TensorList gradients;

    private FusedWeightProgram(Script script, WeightStacks stacks, boolean above) {
        this.script = script;
        this.stacks = stacks;
        this.above = above;
        this.weights = stacks.list();
    }

    /** Whether the program can train a model on rows of at most {@code longestRow} tokens. */
    public static boolean fits(ModelConfig config, int longestRow) {
        return config.isPlain(longestRow);
    }

    /**
     * Compiles the program for a model and loads the model's weights.
     *
     * @param scope owns the program and the weights
     * @param trained selects the trained weights by name; all or none of a block
     * @param above whether every batch will contain the input of the first trained block; blocks
     *     below it are not loaded then
     * @throws dev.septet.llm.format.FormatProblem when a weight is missing or has another shape
     *     than the config says
     */
    public static FusedWeightProgram open(
            NDManager scope,
            ModelConfig config,
            ModelFolder folder,
            ComputePrecision precision,
            Predicate<String> trained,
            boolean above) {
        int first = first(config, trained);
        Map<String, String> numbers = new HashMap<>(Sublayers.numbers(config, precision));
        numbers.put("layers", Integer.toString(config.layers()));
        numbers.put("feedforward", Integer.toString(config.feedForwardSize()));
        numbers.put("first", Integer.toString(first));
        Script script = Script.load(
                scope,
                ScriptSource.read(FusedWeightProgram.class, "weights.py", "Weights", numbers)
                        .with(MatrixProducts.trained(scope, precision).source())
                        .with(Sublayers.source(config, precision))
                        .with(CrossEntropy.source(config))
                        .with(AnswerPairs.source()));
        WeightStacks stacks = WeightStacks.load(scope, config, folder, precision, trained, above ? first : 0);
        return new FusedWeightProgram(script, stacks, above);
    }

    /**
     * Index of the first block that is trained or that is above a trained embedding; the number of
     * blocks if there is none.
     */
    public static int first(ModelConfig config, Predicate<String> trained) {
        return Weights.names(config).stream()
                .filter(trained)
                .filter(name -> name.equals(Layout.EMBEDDING) || Weights.layerOf(name) >= 0)
                .mapToInt(name -> Math.max(0, Weights.layerOf(name)))
                .min()
                .orElse(config.layers());
    }

    @Override
    public String name() {
        return (above ? ProgramRevision.WEIGHTS_ABOVE : ProgramRevision.WEIGHTS).identity();
    }

    @Override
    public Map<String, NDArray> leaves() {
        return stacks.leaves();
    }

    @Override
    public Map<String, NDArray> parts(NDManager scope, Map<String, NDArray> tensors, List<String> suffixes) {
        Map<String, NDArray> parts = new LinkedHashMap<>();
        stacks.parts().forEach((name, part) -> {
            for (String suffix : suffixes) {
                NDArray leaf = Objects.requireNonNull(tensors.get(part.leaf() + suffix));
                parts.put(
                        name + suffix,
                        name.equals(part.leaf()) ? leaf : script.tensor(scope, "part", leaf, part.from(), part.to()));
            }
        });
        return parts;
    }

    @Override
    public AnswerPairs.Judged backward(
            NDManager scope,
            TokenBatch batch,
            AnswerPairs pairs,
            NDArray dropoutKeys,
            double total,
            boolean recompute) {
        if (!dropoutKeys.isEmpty()) {
            throw new IllegalArgumentException("this program has no dropout");
        }
        if (gradients == null) {
            gradients = stacks.gradients(); // the optimizer has allocated the gradients by now
        }
        NDArray losses = script.tensor(
                scope,
                "backward",
                batch.ids(),
                batch.positions(),
                batch.runs(),
                batch.at(),
                batch.targets(),
                weights,
                requireHidden(batch),
                gradients,
                pairs.tensors(scope),
                pairs.beta(),
                total,
                recompute ? 1 : 0);
        return AnswerPairs.Judged.of(losses.toDoubleArray());
    }

    @Override
    public NDArray logProbabilities(NDManager scope, TokenBatch batch) {
        return script.tensor(
                scope,
                "log_probabilities",
                batch.ids(),
                batch.positions(),
                batch.runs(),
                batch.at(),
                batch.targets(),
                weights,
                requireHidden(batch));
    }

    /** The input of the first trained block: (N, D) float32. */
    public NDArray hidden(NDManager scope, TokenBatch batch) {
        return script.tensor(scope, "hidden", batch.ids(), batch.positions(), batch.runs(), weights, batch.hidden());
    }

    private NDArray requireHidden(TokenBatch batch) {
        if (above && batch.hidden().isEmpty()) {
            throw new IllegalArgumentException("the input of the first trained block is missing");
        }
        return batch.hidden();
    }
}
