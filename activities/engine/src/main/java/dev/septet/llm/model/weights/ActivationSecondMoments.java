package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.config.SharedInput;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.TensorList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Mean squares of the inputs of each linear layer of a Llama, per column, measured on random
 * tokens. No data is needed, because which columns are large is a property of the model. The tokens
 * are fixed, so every process computes the same bits.
 */
final class ActivationSecondMoments {
    private static final int ROWS = 8;
    private static final int LENGTH = 128;

    private ActivationSecondMoments() {}

    /** Whether the input squares of a model can be computed; other architectures are not supported. */
    static boolean fits(ModelConfig config) {
        return config.isPlain(LENGTH);
    }

    /**
     * Runs the model block by block in float32, with at most one block's weights in memory.
     *
     * @param scope owns the result
     * @param embedding (vocabulary, hidden), of any float type
     * @return mean squares (inputs) float32, by the name of the matrix that reads the input
     * @throws dev.septet.llm.format.FormatProblem when a weight is missing or has another shape
     *     than the config says
     */
    static Map<String, NDArray> of(NDManager scope, ModelConfig config, ModelFolder folder, NDArray embedding) {
        Map<String, NDArray> squares = new HashMap<>();
        try (NDManager temporary = scope.newSubManager()) {
            Script script = Script.load(temporary, source(temporary, config));
            TensorReader reader = new TensorReader(temporary, ComputePrecision.FLOAT32);
            NDArray positions = temporary.create(
                    LongStream.range(0, ROWS * LENGTH).map(i -> i % LENGTH).toArray());
            NDArray frequencies = temporary.create(config.frequencies());
            NDArray hidden = script.tensor(temporary, "embedded", temporary.create(tokens(config)), embedding);
            for (int layer = 0; layer < config.layers(); layer++) {
                try (NDManager scratch = temporary.newSubManager()) {
                    NDList found = script.call(
                            scratch,
                            "input_squares",
                            hidden,
                            positions,
                            new long[] {ROWS, LENGTH},
                            frequencies,
                            block(scratch, reader, config, folder, layer));
                    hidden.close();
                    hidden = found.get(0);
                    hidden.attach(temporary);
                    int at = 1;
                    for (SharedInput input : SharedInput.values()) {
                        NDArray one = found.get(at++);
                        one.attach(scope);
                        for (LinearLayer linear : input.linears()) {
                            squares.put(linear.module(layer) + ".weight", one);
                        }
                    }
                }
            }
        }
        return squares;
    }

    /** The random tokens, row by row. */
    static long[] tokens(ModelConfig config) {
        CounterRandom random = CounterRandom.stream(0, "input squares");
        return IntStream.range(0, ROWS * LENGTH)
                .mapToLong(i -> random.below(config.vocabularySize(), i))
                .toArray();
    }

    private static ScriptSource source(NDManager scope, ModelConfig config) {
        Map<String, String> numbers = Map.of("feedforward", Integer.toString(config.feedForwardSize()));
        return ScriptSource.read(ActivationSecondMoments.class, "calibration.py", "Calibration", numbers)
                .with(MatrixProducts.trained(scope, ComputePrecision.FLOAT32).source())
                .with(Sublayers.source(config, ComputePrecision.FLOAT32));
    }

    private static TensorList block(
            NDManager owner, TensorReader reader, ModelConfig config, ModelFolder folder, int layer) {
        return TensorList.of(
                owner,
                Stream.of(
                                List.of("input_layernorm"),
                                paths(SharedInput.ATTENTION),
                                paths(SharedInput.ATTENDED),
                                List.of("post_attention_layernorm"),
                                paths(SharedInput.FEED_FORWARD),
                                paths(SharedInput.GATED))
                        .map(parts -> stored(config, folder, layer, parts))
                        .map(parts -> reader.joined(owner, parts))
                        .toList());
    }

    private static List<String> paths(SharedInput input) {
        return input.linears().stream().map(LinearLayer::path).toList();
    }

    private static List<StoredTensor> stored(ModelConfig config, ModelFolder folder, int layer, List<String> paths) {
        return paths.stream()
                .map(path -> "model.layers." + layer + "." + path + ".weight")
                .map(name -> Weights.stored(config, folder, name))
                .toList();
    }
}
