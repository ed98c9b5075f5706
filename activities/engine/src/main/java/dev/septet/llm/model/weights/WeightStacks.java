package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.Layout;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.config.SharedInput;
import dev.septet.llm.model.program.FusedWeightProgram;
import dev.septet.llm.runtime.TensorList;
import dev.septet.llm.runtime.Torch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A Llama's weights in the layout of {@link FusedWeightProgram}: matrices that read the same input
 * are fused into one. Trained weights are float32, the others have the program's precision.
 */
public final class WeightStacks {
    /** Number of tensors of a block. */
    private static final int BLOCK = 6;

    private final NDManager scope;
    private final ModelConfig config;
    private final ModelFolder folder;
    private final Predicate<String> trained;
    private final int from;
    private final NDArray none;
    private final TensorReader frozenReader;
    private final TensorReader exactReader;
    private final List<NDArray> order = new ArrayList<>();
    private final Map<String, NDArray> leaves = new LinkedHashMap<>();
    private final Map<String, Part> parts = new LinkedHashMap<>();

    /** Location of a parameter: a range of rows of a leaf, or the whole leaf that has its name. */
    public record Part(String leaf, int from, int to) {}

    private WeightStacks(
            NDManager scope,
            ModelConfig config,
            ModelFolder folder,
            ComputePrecision precision,
            Predicate<String> trained,
            int from) {
        this.scope = scope;
        this.config = config;
        this.folder = folder;
        this.trained = trained;
        this.from = from;
        this.none = scope.create(new Shape(0), DataType.FLOAT32);
        this.frozenReader = new TensorReader(scope, precision);
        this.exactReader = new TensorReader(scope, ComputePrecision.FLOAT32);
    }

    /**
     * Loads a model with the Llama architecture.
     *
     * @param scope owns the tensors
     * @param trained selects the trained weights by name; all or none of those that read the same
     *     input
     * @param from the first block to load; if above 0, the embedding is not loaded
     * @throws dev.septet.llm.format.FormatProblem when a weight is missing or has another shape
     *     than the config says
     */
    public static WeightStacks load(
            NDManager scope,
            ModelConfig config,
            ModelFolder folder,
            ComputePrecision precision,
            Predicate<String> trained,
            int from) {
        WeightStacks stacks = new WeightStacks(scope, config, folder, precision, trained, from);
        stacks.addOuter();
        stacks.order.addAll(Collections.nCopies(from * BLOCK, stacks.none));
        for (int layer = from; layer < config.layers(); layer++) {
            stacks.addBlock("model.layers." + layer + ".");
        }
        return stacks;
    }

    /** The program's argument {@code W}. */
    public TensorList list() {
        return TensorList.of(scope, order);
    }

    /**
     * The program's argument {@code G}: each leaf's gradient at the leaf's index in W.
     *
     * @throws IllegalStateException when a leaf has no gradient yet
     */
    public TensorList gradients() {
        return TensorList.of(scope, order.stream().map(this::gradient).toList());
    }

    private NDArray gradient(NDArray weight) {
        if (!weight.hasGradient()) {
            return none;
        }
        NDArray gradient = weight.getGradient();
        if (!gradient.getShape().equals(weight.getShape())) {
            throw new IllegalStateException("the optimizer must allocate the gradients first");
        }
        return gradient;
    }

    /** The trained tensors, by name. */
    public Map<String, NDArray> leaves() {
        return Collections.unmodifiableMap(leaves);
    }

    /** Location of each parameter by name, in the order of {@link Weights#trainable()}. */
    public Map<String, Part> parts() {
        Map<String, Part> sorted = new LinkedHashMap<>();
        for (String name : Weights.names(config)) {
            if (parts.containsKey(name)) {
                sorted.put(name, Objects.requireNonNull(parts.get(name)));
            }
        }
        return sorted;
    }

    private void addOuter() {
        boolean tied = config.tiedEmbeddings();
        if (from == 0 || tied) {
            add(Layout.EMBEDDING);
        } else {
            order.add(none);
        }
        add(Layout.FINAL_NORM);
        if (tied) {
            order.add(order.get(0));
        } else {
            add(Layout.OUTPUT);
        }
        float[] frequencies = config.frequencies();
        order.add(Torch.floats(scope, frequencies, new Shape(frequencies.length)));
    }

    private void addBlock(String block) {
        add(block + "input_layernorm.weight");
        addFused(block, SharedInput.ATTENTION);
        add(block + LinearLayer.O_PROJ.path() + ".weight");
        add(block + "post_attention_layernorm.weight");
        addFused(block, SharedInput.FEED_FORWARD);
        add(block + LinearLayer.DOWN_PROJ.path() + ".weight");
    }

    private void add(String name) {
        StoredTensor stored = Weights.stored(config, folder, name);
        boolean learns = trained.test(name);
        NDArray weight = learns ? exactReader.parameter(stored) : frozenReader.frozen(stored);
        order.add(weight);
        if (learns) {
            addLeaf(name, weight);
            parts.put(name, new Part(name, 0, (int) stored.shape().get(0)));
        }
    }

    private void addFused(String block, SharedInput input) {
        List<String> names = input.linears().stream()
                .map(linear -> block + linear.path() + ".weight")
                .toList();
        boolean learns = trained.test(names.get(0));
        if (names.stream().anyMatch(name -> trained.test(name) != learns)) {
            throw new IllegalArgumentException(names + " are not trained together");
        }
        List<StoredTensor> stored =
                names.stream().map(name -> Weights.stored(config, folder, name)).toList();
        NDArray fused = (learns ? exactReader : frozenReader).joined(stored);
        order.add(fused);
        if (learns) {
            String leaf = block + input.label() + ".weight";
            addLeaf(leaf, fused);
            int row = 0;
            for (int i = 0; i < names.size(); i++) {
                int end = row + input.linears().get(i).outputs(config);
                parts.put(names.get(i), new Part(leaf, row, end));
                row = end;
            }
        }
    }

    private void addLeaf(String name, NDArray weight) {
        weight.setRequiresGradient(true);
        leaves.put(name, weight);
    }
}
