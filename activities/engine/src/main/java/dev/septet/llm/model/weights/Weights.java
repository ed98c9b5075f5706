package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.Layout;
import dev.septet.llm.model.config.ModelConfig;
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
 * A decoder's weights as tensors, in the order of the program's arguments. Owned by the scope that
 * they were loaded in.
 */
public final class Weights {
    private final Map<String, NDArray> tensors;
    private final Map<String, NDArray> trainable;
    private final TensorList list;

    private Weights(Map<String, NDArray> tensors, Map<String, NDArray> trainable, TensorList list) {
        this.tensors = Collections.unmodifiableMap(tensors);
        this.trainable = Collections.unmodifiableMap(trainable);
        this.list = list;
    }

    /** Whether a file's tensor of this name is a copy of the tied embedding, which is not read. */
    public static boolean isTiedOutput(ModelConfig config, String name) {
        return config.tiedEmbeddings() && name.equals(Layout.OUTPUT);
    }

    /** Loads a model's weights without 4-bit quantization. */
    public static Weights load(
            NDManager scope,
            ModelConfig config,
            ModelFolder folder,
            ComputePrecision precision,
            Predicate<String> trainable) {
        return load(scope, config, folder, precision, trainable, name -> false);
    }

    /**
     * Loads a model's weights. Frozen matrices have the given precision and are mapped from the
     * file if they need no conversion. Norms and trainable tensors are float32 copies.
     *
     * @param trainable selects the trained weights by the names of {@link #names}
     * @param quantized selects frozen weights to hold in 4 bits if their sizes allow it. For a
     *     Llama, errors are weighted by {@link ActivationSecondMoments}, which costs one forward pass
     * @throws FormatProblem when a weight is missing or has another shape than the config says
     */
    public static Weights load(
            NDManager scope,
            ModelConfig config,
            ModelFolder folder,
            ComputePrecision precision,
            Predicate<String> trainable,
            Predicate<String> quantized) {
        TensorReader reader = new TensorReader(scope, precision);
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        Map<String, NDArray> trained = new LinkedHashMap<>();
        Predicate<Layout.Slot> inFourBits = slot -> quantized.test(slot.name())
                && !trainable.test(slot.name())
                && Nf4.holds(slot.shape().size());
        boolean fitted = ActivationSecondMoments.fits(config)
                && Layout.of(config).stream().anyMatch(inFourBits);
        Map<String, NDArray> squares = Map.of();
        try (NDManager temporary = scope.newSubManager()) {
            for (Layout.Slot slot : Layout.of(config)) {
                StoredTensor stored = checked(folder, slot);
                if (trainable.test(slot.name())) {
                    NDArray parameter = reader.parameter(stored);
                    parameter.setRequiresGradient(true);
                    trained.put(slot.name(), parameter);
                    tensors.put(slot.name(), parameter);
                } else if (inFourBits.test(slot)) {
                    tensors.put(slot.name(), reader.quantized(stored, squares.get(slot.name())));
                } else {
                    tensors.put(slot.name(), reader.frozen(stored));
                }
                if (fitted && slot.name().equals(Layout.EMBEDDING)) {
                    NDArray embedding = Objects.requireNonNull(tensors.get(slot.name()));
                    squares = ActivationSecondMoments.of(temporary, config, folder, embedding);
                }
            }
        }
        return new Weights(tensors, trained, TensorList.of(scope, ordered(scope, config, tensors)));
    }

    /** Names of all weights of a model, as in transformers. */
    public static List<String> names(ModelConfig config) {
        return Layout.of(config).stream().map(Layout.Slot::name).toList();
    }

    /**
     * Number of elements of one weight.
     *
     * @throws IllegalArgumentException when the model has no weight of this name
     */
    public static long size(ModelConfig config, String name) {
        return Layout.of(config).stream()
                .filter(slot -> slot.name().equals(name))
                .mapToLong(slot -> slot.shape().size())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no weight is named " + name));
    }

    /** Index of a weight's block, or -1 for embedding, final norm and output. */
    public static int layerOf(String name) {
        String prefix = "model.layers.";
        if (!name.startsWith(prefix)) {
            return -1;
        }
        return Integer.parseInt(name.substring(prefix.length(), name.indexOf('.', prefix.length())));
    }

    /** All tensors by name. */
    public Map<String, NDArray> tensors() {
        return tensors;
    }

    /** The trained float32 tensors by name, in the order of the program's arguments. */
    public Map<String, NDArray> trainable() {
        return trainable;
    }

    /** The program's argument {@code W}. */
    public TensorList list() {
        return list;
    }

    /**
     * Reads one weight as stored in its file.
     *
     * @throws FormatProblem when it is missing or has another shape than the config says
     */
    public static StoredTensor stored(ModelConfig config, ModelFolder folder, String name) {
        Layout.Slot slot = Layout.of(config).stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no weight is named " + name));
        return checked(folder, slot);
    }

    private static StoredTensor checked(ModelFolder folder, Layout.Slot slot) {
        StoredTensor stored = folder.tensor(slot.name());
        if (!stored.shape().equals(slot.shape())) {
            throw new FormatProblem(
                    folder.path(),
                    slot.name() + " has shape " + stored.shape() + ", but config.json requires " + slot.shape());
        }
        if (!stored.type().isFloat()) {
            throw new FormatProblem(
                    folder.path(), slot.name() + " has type " + stored.type() + ", expected F32, F16 or BF16");
        }
        return stored;
    }

    private static List<NDArray> ordered(NDManager scope, ModelConfig config, Map<String, NDArray> tensors) {
        List<NDArray> order = new ArrayList<>(tensors.values());
        if (config.tiedEmbeddings()) {
            order.add(2, order.get(0));
        }
        float[] frequencies = config.frequencies();
        order.add(3, Torch.floats(scope, frequencies, new Shape(frequencies.length)));
        float[] local = config.localFrequencies();
        order.add(Torch.floats(scope, local, new Shape(local.length)));
        return order;
    }
}
