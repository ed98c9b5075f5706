package dev.septet.llm.model.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.FusedWeights;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.model.weights.LoraStacks;
import dev.septet.llm.model.weights.LoraStacks.Part;
import dev.septet.llm.model.weights.MatrixProducts;
import dev.septet.llm.model.weights.Sublayers;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.TensorList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The fused training program for LoRA and DoRA adapters of a Llama. Its backward pass is
 * handwritten (the resource {@code lora.py}). It is the fast path of the most common training.
 *
 * <p>It has no dropout. Other programs cannot use its frozen weights, because they are fused.
 */
public final class FusedLoraProgram implements TrainingProgram {
    private final Script script;
    private final LoraStacks stacks;
    private final TensorList weights;

    private FusedLoraProgram(Script script, LoraStacks stacks, TensorList weights) {
        this.script = script;
        this.stacks = stacks;
        this.weights = weights;
    }

    /**
     * Whether the program can train a model on rows of at most {@code longestRow} tokens with this
     * dropout.
     */
    public static boolean fits(ModelConfig config, int longestRow, double dropout) {
        return dropout == 0 && config.isPlain(longestRow);
    }

    /**
     * Compiles the program for a model and loads the model's weights.
     *
     * @param scope owns the program, the weights and the adapters
     * @param adapter initial adapters, which are copied. All adapted blocks must adapt the same
     *     layers with the same rank, and either all or none must have magnitudes
     * @throws dev.septet.llm.format.FormatProblem when a weight is missing or has another shape
     *     than the config says
     */
    public static FusedLoraProgram open(
            NDManager scope, ModelConfig config, ModelFolder folder, ComputePrecision precision, LoraAdapter adapter) {
        LoraStacks stacks = LoraStacks.of(scope, config, adapter);
        MatrixProducts products = MatrixProducts.frozen(scope, precision);
        Map<String, String> numbers = numbers(config, precision, adapter, stacks.blocks());
        Script script = Script.load(
                scope,
                ScriptSource.read(FusedLoraProgram.class, "lora.py", "Lora", numbers)
                        .with(products.source())
                        .with(Sublayers.source(config, precision))
                        .with(CrossEntropy.source(config))
                        .with(LoraAdapter.magnitudes(precision))
                        .with(AnswerPairs.source()));
        TensorList weights = FusedWeights.load(scope, config, folder, precision, script, products, stacks);
        return new FusedLoraProgram(script, stacks, weights);
    }

    @Override
    public String name() {
        return ProgramRevision.LORA.identity();
    }

    @Override
    public Map<String, NDArray> leaves() {
        return stacks.leaves();
    }

    @Override
    public Map<String, NDArray> parts(NDManager scope, Map<String, NDArray> tensors, List<String> suffixes) {
        Map<String, NDArray> parts = new LinkedHashMap<>();
        for (Part part : stacks.parts()) {
            for (String suffix : suffixes) {
                NDArray stack = Objects.requireNonNull(tensors.get(part.stack() + suffix));
                parts.put(
                        part.name() + suffix,
                        script.tensor(scope, "part", stack, part.block(), part.from(), part.to()));
            }
        }
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
        NDArray losses = script.tensor(
                scope,
                "backward",
                batch.ids(),
                batch.positions(),
                batch.runs(),
                batch.at(),
                batch.targets(),
                weights,
                stacks.list(),
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
                stacks.list());
    }

    private static Map<String, String> numbers(
            ModelConfig config, ComputePrecision precision, LoraAdapter adapter, List<Integer> blocks) {
        Map<String, String> numbers = new HashMap<>(Sublayers.numbers(config, precision));
        numbers.put("layers", Integer.toString(config.layers()));
        numbers.put("feedforward", Integer.toString(config.feedForwardSize()));
        numbers.put("scaling", Double.toString(adapter.scaling()));
        numbers.put("first", Integer.toString(blocks.get(0)));
        // each block's index in the stacks; -1 if it is not adapted
        numbers.put(
                "slots",
                IntStream.range(0, config.layers())
                        .map(blocks::indexOf)
                        .boxed()
                        .toList()
                        .toString());
        return numbers;
    }
}
