package dev.septet.llm.model.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.model.weights.Weights;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.TensorList;
import java.util.Map;

/**
 * The compiled program of a decoder on its weights and adapters: the resources {@code decoder.py}
 * and {@code autograd.py}.
 *
 * @see ModelConfig the sizes named below: N tokens, M chosen tokens, V vocabulary
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
    private final TensorList weights;
    private final TensorList adapter;

    Decoder(Script script, TensorList weights, TensorList adapter) {
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
            NDManager scope, ModelConfig config, ComputePrecision precision, Weights weights, LoraAdapter adapter) {
        return new Decoder(
                Script.load(scope, source(config, precision, adapter)),
                weights.list(),
                TensorList.of(scope, adapter.inOrder(scope, config)));
    }

    /** Scores of the token after each chosen one: (M, V). */
    public NDArray logits(NDManager scope, TokenBatch batch) {
        return script.tensor(
                scope, "logits", batch.ids(), batch.positions(), batch.runs(), batch.at(), weights, adapter);
    }

    /**
     * Natural log of each target's probability, and 1 where it is the most probable token, else 0:
     * (2, M) float32.
     */
    public NDArray scores(NDManager scope, TokenBatch batch) {
        return foretold(scope, "scores", batch);
    }

    /** Natural log of each target's probability: (M) float32. */
    public NDArray logProbabilities(NDManager scope, TokenBatch batch) {
        return foretold(scope, "log_probabilities", batch);
    }

    private NDArray foretold(NDManager scope, String method, TokenBatch batch) {
        return script.tensor(
                scope,
                method,
                batch.ids(),
                batch.positions(),
                batch.runs(),
                batch.at(),
                batch.targets(),
                weights,
                adapter);
    }

    /** The same as below of all chosen tokens, with every activation kept for the backward pass. */
    public double backward(NDManager scope, TokenBatch batch, NDArray dropoutKeys, double total) {
        return backward(scope, batch, dropoutKeys, total, false);
    }

    /** The same, with activations kept or computed anew. */
    public double backward(NDManager scope, TokenBatch batch, NDArray dropoutKeys, double total, boolean recompute) {
        return backward(scope, batch, AnswerPairs.NONE, dropoutKeys, total, recompute)[0];
    }

    /**
     * Adds the gradients of (sum of -log p(target)) / total, or of (sum of the pairs' losses) /
     * total, to those of all trainable tensors.
     *
     * @param dropoutKeys (N) int64, one per token; (0) for no dropout
     * @param total number that the sum is divided by: loss-carrying tokens, or pairs, of the whole
     *     step
     * @param recompute whether each block's activations are computed anew when its gradients are
     *     due, instead of kept: the same bits with less memory in more time
     * @return the sum itself, in nats; behind it the reward of each row of pairs
     */
    public double[] backward(
            NDManager scope,
            TokenBatch batch,
            AnswerPairs pairs,
            NDArray dropoutKeys,
            double total,
            boolean recompute) {
        NDList loss = script.callWithGradients(
                scope,
                "backward",
                batch.ids(),
                batch.positions(),
                batch.runs(),
                batch.at(),
                batch.targets(),
                dropoutKeys,
                weights,
                adapter,
                pairs.tensors(scope),
                pairs.beta(),
                total,
                recompute ? 1 : 0);
        return loss.singletonOrThrow().toDoubleArray();
    }

    /** The program with a model's numbers, for training. */
    public static ScriptSource source(ModelConfig config, ComputePrecision precision, LoraAdapter adapter) {
        Map<String, String> numbers = ProgramConstants.of(config, precision, adapter);
        return source("autograd.py", precision, numbers).with(AnswerPairs.source());
    }

    /** The steps of a decoder and what a companion of {@code decoder.py} does with them. */
    public static ScriptSource source(String companion, ComputePrecision precision, Map<String, String> numbers) {
        return ScriptSource.read(Decoder.class, "decoder.py", "Decoder", numbers)
                .with(LoraAdapter.magnitudes(precision))
                .with(ScriptSource.read(Decoder.class, companion, "Decoder", numbers));
    }

    /** Longest row whose attention probabilities are kept; 0 = the fused kernel serves all. */
    public static int shortRow(ComputePrecision precision) {
        return precision == ComputePrecision.BF16 ? SHORT_ROW : 0;
    }

    /** Positions whose logits exist at once in a loss. */
    public static int chunk(ModelConfig config) {
        return Math.max(SMALLEST_CHUNK, LOGITS_AT_ONCE / config.vocabularySize());
    }
}
