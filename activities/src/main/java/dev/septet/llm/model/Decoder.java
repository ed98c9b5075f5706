package dev.septet.llm.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.TensorList;

import java.util.HashMap;
import java.util.Map;

/**
 * The compiled program of a decoder (the resource {@code llama.py}) on its weights and adapters.
 *
 * @see ModelConfig the sizes named below: B rows, T positions, N chosen positions, V vocabulary
 */
public final class Decoder {
    /** Logits of this many elements exist at once in a loss: 32 MB of float32. */
    private static final int LOGITS_AT_ONCE = 1 << 23;

    private static final int SMALLEST_CHUNK = 64;

    /**
     * Rows up to this length attend by plain products in bf16: 4 times the fused kernel's speed.
     */
    private static final int SHORT_ROW = 512;

    private final Script script;
    private final Weights weights;
    private final TensorList adapter;

    private Decoder(Script script, Weights weights, TensorList adapter) {
        this.script = script;
        this.weights = weights;
        this.adapter = adapter;
    }

    /**
     * Compiles the program for a model.
     *
     * @param scope owns the program; must not outlive weights and adapter
     */
    public static Decoder compile(
            NDManager scope,
            ModelConfig config,
            Precision precision,
            Weights weights,
            LowRank adapter) {
        return new Decoder(
                Script.load(scope, source(config, precision, adapter)),
                weights,
                TensorList.of(scope, adapter.inOrder(scope, config)));
    }

    /** Scores of the next token at flat positions {@code at} (N) of {@code ids} (B, T): (N, V). */
    public NDArray logits(NDManager scope, NDArray ids, NDArray at) {
        return script.tensor(scope, "logits", ids, at, weights.list(), adapter);
    }

    /**
     * Natural log of each target's probability, and 1 where it is the most probable token, else 0:
     * (2, N) float32.
     */
    public NDArray scores(NDManager scope, TokenBatch batch) {
        return script.tensor(
                scope, "scores", batch.ids(), batch.at(), batch.targets(), weights.list(), adapter);
    }

    /** Natural log of each target's probability: (N) float32. */
    public NDArray logProbabilities(NDManager scope, TokenBatch batch) {
        return script.tensor(
                scope,
                "log_probabilities",
                batch.ids(),
                batch.at(),
                batch.targets(),
                weights.list(),
                adapter);
    }

    /**
     * Adds the gradients of (sum of -log p(target)) / total to those of all trainable tensors.
     *
     * @param dropoutKeys (B) int64, one per row; (0) for no dropout
     * @param total number that the sum is divided by: loss-carrying tokens of the whole step
     * @return the sum itself, in nats
     */
    public double backward(NDManager scope, TokenBatch batch, NDArray dropoutKeys, double total) {
        NDList loss =
                script.callWithGradients(
                        scope,
                        "backward",
                        batch.ids(),
                        batch.at(),
                        batch.targets(),
                        dropoutKeys,
                        weights.list(),
                        adapter,
                        total);
        return loss.singletonOrThrow().getDouble();
    }

    /** An empty cache for {@code rows} sequences of at most {@code slots} tokens. */
    TensorList newCache(NDManager scope, int rows, int slots) {
        NDArray embedding = weights.list().arrays().get(0);
        return TensorList.of(scope, script.call(scope, "cache", embedding, rows, slots));
    }

    /** Feeds tokens (B, T) after {@code start} (B) earlier ones; see the script. */
    NDArray extend(
            NDManager scope, NDArray ids, NDArray start, NDArray at, int slots, TensorList cache) {
        return script.tensor(
                scope, "extend", ids, start, at, slots, weights.list(), adapter, cache);
    }

    /** The same cache with room for {@code slots} tokens a row. */
    TensorList widen(NDManager scope, int slots, TensorList cache) {
        return TensorList.of(scope, script.call(scope, "widen", slots, cache));
    }

    /** The cache of some rows, in the given order. */
    TensorList select(NDManager scope, NDArray rows, TensorList cache) {
        return TensorList.of(scope, script.call(scope, "select", rows, cache));
    }

    /** The program with a model's numbers. */
    static ScriptSource source(ModelConfig config, Precision precision, LowRank adapter) {
        return ScriptSource.read(
                Decoder.class, "llama.py", "Llama", numbers(config, precision, adapter));
    }

    /** Longest row whose attention probabilities are kept; 0 = the fused kernel serves all. */
    public static int shortRow(Precision precision) {
        return precision == Precision.BF16 ? SHORT_ROW : 0;
    }

    /** Positions whose logits exist at once in a loss. */
    public static int chunk(ModelConfig config) {
        return Math.max(SMALLEST_CHUNK, LOGITS_AT_ONCE / config.vocabularySize());
    }

    private static Map<String, String> numbers(
            ModelConfig config, Precision precision, LowRank adapter) {
        double survivors = 1 / (1 - adapter.dropout());
        Map<String, String> numbers = new HashMap<>(DropoutHash.CONSTANTS);
        numbers.put("compute", Integer.toString(precision.type()));
        numbers.put("hidden", Integer.toString(config.hiddenSize()));
        numbers.put("layers", Integer.toString(config.layers()));
        numbers.put("heads", Integer.toString(config.heads()));
        numbers.put("kvheads", Integer.toString(config.keyValueHeads()));
        numbers.put("group", Integer.toString(config.heads() / config.keyValueHeads()));
        numbers.put("headsize", Integer.toString(config.headSize()));
        numbers.put("rootsize", Double.toString(1 / Math.sqrt(config.headSize())));
        numbers.put("short", Integer.toString(shortRow(precision)));
        numbers.put("epsilon", Double.toString(config.normEpsilon()));
        numbers.put("chunk", Integer.toString(chunk(config)));
        numbers.put("scaling", Double.toString(adapter.scaling()));
        numbers.put("dropped", Long.toString(DropoutHash.threshold(adapter.dropout())));
        numbers.put("survivors", Double.toString(survivors));
        return numbers;
    }
}
