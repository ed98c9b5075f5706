package dev.septet.llm.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.config.ModelConfig;
import java.util.HashMap;
import java.util.Map;

/**
 * A Llama's forward pass for one row (T tokens), operator by operator: slow, and as close to the
 * formulas as can be. The oracle for the script.
 */
public final class PlainLlama {
    private final NDManager scope;
    private final ModelConfig config;
    private final ModelFolder folder;
    private final Map<String, NDArray> squares = new HashMap<>();

    public PlainLlama(NDManager scope, ModelConfig config, ModelFolder folder) {
        this.scope = scope;
        this.config = config;
        this.folder = folder;
    }

    /** (T, V). */
    public NDArray logits(int[] tokens) {
        NDArray h = weight("model.embed_tokens").get(scope.create(tokens)); // (T, D)
        for (int layer = 0; layer < config.layers(); layer++) {
            String block = "model.layers." + layer + ".";
            h = h.add(attention(norm(h, block + "input_layernorm"), block + "self_attn."));
            h = h.add(feedForward(norm(h, block + "post_attention_layernorm"), block + "mlp."));
        }
        String output = config.tiedEmbeddings() ? "model.embed_tokens" : "lm_head";
        return linear(norm(h, "model.norm"), output);
    }

    /** Sums of the squares of what entered each matrix so far (inputs), by its name. */
    public Map<String, NDArray> squares() {
        return squares;
    }

    /** x / sqrt(mean(x^2) + epsilon) * w. */
    private NDArray norm(NDArray x, String name) {
        NDArray meanSquare = x.square().mean(new int[] {-1}, true);
        return x.div(meanSquare.add(config.normEpsilon()).sqrt()).mul(weight(name));
    }

    private NDArray attention(NDArray x, String name) {
        NDArray q = rotate(heads(linear(x, name + "q_proj"), config.heads()));
        NDArray k = rotate(heads(linear(x, name + "k_proj"), config.keyValueHeads()));
        NDArray v = heads(linear(x, name + "v_proj"), config.keyValueHeads());
        int group = config.heads() / config.keyValueHeads();
        long length = x.getShape().get(0);
        NDArray future = scope.ones(new Shape(length, length)).cumSum(1); // j + 1
        NDArray blocked =
                future.gt(future.transpose()).toType(DataType.FLOAT32, false).mul(-1e9f);
        NDList outputs = new NDList();
        for (int head = 0; head < config.heads(); head++) {
            NDArray scores = q.get(head)
                    .dot(k.get(head / group).transpose())
                    .div(Math.sqrt(config.headSize()))
                    .add(blocked);
            outputs.add(scores.softmax(-1).dot(v.get(head / group))); // (T, E)
        }
        return linear(NDArrays.concat(outputs, 1), name + "o_proj");
    }

    private NDArray feedForward(NDArray x, String name) {
        NDArray gate = linear(x, name + "gate_proj");
        NDArray silu = gate.div(gate.neg().exp().add(1));
        return linear(silu.mul(linear(x, name + "up_proj")), name + "down_proj");
    }

    /** (T, heads * E) -> (heads, T, E). */
    private NDArray heads(NDArray x, int count) {
        return x.reshape(x.getShape().get(0), count, config.headSize()).transpose(1, 0, 2);
    }

    /** Turns the pair (x[i], x[i + E/2]) at position t by t * frequency[i]. */
    private NDArray rotate(NDArray x) {
        int half = config.headSize() / 2;
        NDArray t = scope.arange((int) x.getShape().get(1)).toType(DataType.FLOAT32, false);
        NDArray angles = t.reshape(-1, 1).mul(scope.create(config.frequencies()).reshape(1, half));
        NDArray a = x.get(new NDIndex(":, :, :{}", half));
        NDArray b = x.get(new NDIndex(":, :, {}:", half));
        NDArray turnedA = a.mul(angles.cos()).sub(b.mul(angles.sin()));
        NDArray turnedB = b.mul(angles.cos()).add(a.mul(angles.sin()));
        return turnedA.concat(turnedB, 2);
    }

    private NDArray linear(NDArray x, String name) {
        squares.merge(name + ".weight", x.square().sum(new int[] {0}), NDArray::add);
        return x.dot(weight(name).transpose());
    }

    private NDArray weight(String name) {
        var stored = folder.tensor(name + ".weight");
        return scope.create(stored.floats(), stored.shape());
    }
}
