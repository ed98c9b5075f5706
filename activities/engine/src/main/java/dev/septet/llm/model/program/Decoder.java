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
 * The autograd program of a decoder with its weights and adapter, compiled from the resources
 * {@code decoder.py} and {@code autograd.py}.
 *
 * @see ModelConfig the sizes named below: N tokens, M chosen tokens, V vocabulary
 */
public final class Decoder {
    /** Maximum number of logits in memory at once in a loss: 32 MB of float32. */
    private static final int LOGITS_AT_ONCE = 1 << 23;

    private static final int SMALLEST_CHUNK = 64;

    /**
     * In bf16, rows up to this length use plain matrix products for attention: 4 times as fast as
     * the fused kernel.
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
     * @param scope owns the program; must be closed before the weights and the adapter
     */
    public static Decoder compile(
            NDManager scope, ModelConfig config, ComputePrecision precision, Weights weights, LoraAdapter adapter) {
        return new Decoder(
                Script.load(scope, source(config, precision, adapter)),
                weights.list(),
                TensorList.of(scope, adapter.inOrder(scope, config)));
    }

    /** Logits for the token after each chosen token: (M, V). */
    public NDArray logits(NDManager scope, TokenBatch batch) {
        return script.tensor(
                scope, "logits", batch.ids(), batch.positions(), batch.runs(), batch.at(), weights, adapter);
    }

    /** The residual stream behind the first {@code depth} blocks: (N, D) float32. Only inference programs have it. */
    NDArray stream(NDManager scope, TokenBatch batch, int depth) {
        return script.tensor(scope, "stream", batch.ids(), batch.positions(), batch.runs(), depth, weights, adapter);
    }

    /**
     * Two rows, (2, M) float32: the natural log of each target's probability, and whether the target
     * is the most probable token (1 or 0).
     */
    public NDArray scores(NDManager scope, TokenBatch batch) {
        return predicted(scope, "scores", batch);
    }

    /** Natural log of each target's probability: (M) float32. */
    public NDArray logProbabilities(NDManager scope, TokenBatch batch) {
        return predicted(scope, "log_probabilities", batch);
    }

    private NDArray predicted(NDManager scope, String method, TokenBatch batch) {
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

    /** The backward pass of the cross-entropy loss without activation recomputation. */
    public double backward(NDManager scope, TokenBatch batch, NDArray dropoutKeys, double total) {
        return backward(scope, batch, dropoutKeys, total, false);
    }

    /** The backward pass of the cross-entropy loss, with or without activation recomputation. */
    public double backward(NDManager scope, TokenBatch batch, NDArray dropoutKeys, double total, boolean recompute) {
        return backward(scope, batch, AnswerPairs.NONE, dropoutKeys, total, recompute)[0];
    }

    /**
     * Adds the gradients of (sum of -log p(target)) / total, or of (sum of the pairs' losses) /
     * total, to the gradients of all trainable tensors.
     *
     * @param dropoutKeys (N) int64, one per token; (0) for no dropout
     * @param total divisor of the sum: the number of loss-carrying tokens, or of pairs, in the
     *     whole step
     * @param recompute whether to recompute each block's activations in the backward pass (gradient
     *     checkpointing): the result has the same bits, with less memory and more time
     * @return the sum itself, in nats, followed by the reward of each row of pairs
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

    /** The source of the training program, with a model's numbers filled in. */
    public static ScriptSource source(ModelConfig config, ComputePrecision precision, LoraAdapter adapter) {
        Map<String, String> numbers = ProgramConstants.of(config, precision, adapter);
        return source("autograd.py", precision, numbers).with(AnswerPairs.source());
    }

    /** The source of {@code decoder.py} with the methods of another resource appended. */
    public static ScriptSource source(String companion, ComputePrecision precision, Map<String, String> numbers) {
        return ScriptSource.read(Decoder.class, "decoder.py", "Decoder", numbers)
                .with(LoraAdapter.magnitudes(precision))
                .with(ScriptSource.read(Decoder.class, companion, "Decoder", numbers));
    }

    /**
     * Longest row whose attention probabilities are kept for the backward pass; 0 if every row uses
     * the fused kernel.
     */
    public static int shortRow(ComputePrecision precision) {
        return precision == ComputePrecision.BF16 ? SHORT_ROW : 0;
    }

    /** Number of positions whose logits a loss computes at once. */
    public static int chunk(ModelConfig config) {
        return Math.max(SMALLEST_CHUNK, LOGITS_AT_ONCE / config.vocabularySize());
    }
}
