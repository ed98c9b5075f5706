package dev.septet.llm.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.TensorList;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The compiled program of a decoder (the resource {@code decoder.py}) on its weights and adapters.
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

    /**
     * Compiles the program for a model and an adapter that are not trained.
     *
     * @param scope owns the program; must not outlive weights and adapter
     */
    static Decoder frozen(
            NDManager scope,
            ModelConfig config,
            Precision precision,
            Weights weights,
            LowRank adapter) {
        Decoder plain = compile(scope, config, precision, weights, LowRank.NONE);
        return new Decoder(
                plain.script, weights, TensorList.of(scope, plain.inOrder(scope, config, adapter)));
    }

    /** Scores of the token after each chosen one: (M, V). */
    public NDArray logits(NDManager scope, TokenBatch batch) {
        return script.tensor(
                scope,
                "logits",
                batch.ids(),
                batch.positions(),
                batch.runs(),
                batch.at(),
                weights.list(),
                adapter);
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
                weights.list(),
                adapter);
    }

    /** The same as below of all chosen tokens, with every activation kept for the backward pass. */
    public double backward(NDManager scope, TokenBatch batch, NDArray dropoutKeys, double total) {
        return backward(scope, batch, dropoutKeys, total, false);
    }

    /** The same, with activations kept or computed anew. */
    public double backward(
            NDManager scope,
            TokenBatch batch,
            NDArray dropoutKeys,
            double total,
            boolean recompute) {
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
        NDList loss =
                script.callWithGradients(
                        scope,
                        "backward",
                        batch.ids(),
                        batch.positions(),
                        batch.runs(),
                        batch.at(),
                        batch.targets(),
                        dropoutKeys,
                        weights.list(),
                        adapter,
                        pairs.tensors(scope),
                        pairs.beta(),
                        total,
                        recompute ? 1 : 0);
        return loss.singletonOrThrow().toDoubleArray();
    }

    /** Room for the keys and values of one sequence: (layers, 2, K, slots, E). */
    NDArray newSequence(NDManager scope, int slots) {
        return script.tensor(scope, "sequence", weights.list().arrays().get(0), slots);
    }

    /** A copy of a sequence's first {@code used} slots with room for {@code slots}. */
    NDArray resized(NDManager scope, NDArray sequence, int used, int slots) {
        return script.tensor(scope, "resized", sequence, used, slots);
    }

    /** Copies a range of slots from one sequence into another. */
    void copySlots(NDManager scope, NDArray into, NDArray source, int from, int to) {
        script.call(scope, "copied", into, source, from, to).close();
    }

    /**
     * An adapter as {@link #decode} takes it, its scaling folded into B already: A and B per layer
     * and site, then DoRA's factors.
     */
    List<NDArray> inOrder(NDManager scope, ModelConfig config, LowRank adapter) {
        try (NDManager temporary = scope.newSubManager()) {
            LowRank settled = settled(temporary, adapter);
            TensorList exact = TensorList.of(temporary, settled.inOrder(temporary, config));
            return script.call(scope, "rounded", exact);
        }
    }

    /** The adapter with magnitudes divided by the norms that they stand beside. */
    private LowRank settled(NDManager scope, LowRank adapter) {
        if (adapter.pairs().values().stream().allMatch(pair -> pair.magnitude() == null)) {
            return adapter;
        }
        RowSquares squares = new RowSquares(scope);
        Map<String, LowRank.Pair> pairs = new LinkedHashMap<>();
        adapter.pairs()
                .forEach(
                        (module, pair) -> pairs.put(module, settled(scope, squares, module, pair)));
        return new LowRank(pairs, adapter.scaling(), adapter.dropout());
    }

    private LowRank.Pair settled(
            NDManager scope, RowSquares squares, String module, LowRank.Pair pair) {
        NDArray magnitude = pair.magnitude();
        if (magnitude == null) {
            return pair;
        }
        NDArray matrix = Objects.requireNonNull(weights.tensors().get(module + ".weight"));
        NDArray factors =
                script.tensor(
                        scope,
                        "stretch",
                        magnitude,
                        squares.of(matrix),
                        matrix,
                        pair.a(),
                        pair.b());
        return new LowRank.Pair(pair.a(), pair.b(), factors, null);
    }

    /** Tensors of the adapter that the program was compiled with, none where it has none. */
    List<NDArray> adapter() {
        return adapter.arrays();
    }

    /** Feeds tokens to sequences; see the script. */
    NDList decode(NDManager scope, DecodingBatch batch) {
        return script.call(
                scope,
                "decode",
                batch.ids(),
                batch.positions(),
                batch.spans(),
                batch.groups(),
                batch.at(),
                batch.scored(),
                batch.vocabulary(),
                weights.list(),
                batch.adapters(),
                batch.sequences());
    }

    /** The program with a model's numbers. */
    static ScriptSource source(ModelConfig config, Precision precision, LowRank adapter) {
        return ScriptSource.read(
                        Decoder.class,
                        "decoder.py",
                        "Decoder",
                        DecoderNumbers.of(config, precision, adapter))
                .with(LowRank.magnitudes(precision))
                .with(AnswerPairs.source());
    }

    /** Longest row whose attention probabilities are kept; 0 = the fused kernel serves all. */
    public static int shortRow(Precision precision) {
        return precision == Precision.BF16 ? SHORT_ROW : 0;
    }

    /** Positions whose logits exist at once in a loss. */
    public static int chunk(ModelConfig config) {
        return Math.max(SMALLEST_CHUNK, LOGITS_AT_ONCE / config.vocabularySize());
    }
}
