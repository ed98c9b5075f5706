package dev.septet.llm.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.AdapterConfig;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.LoraAdapter;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a model is fine-tuned: which weights are trained, what is added to it, and in which form the
 * result is written. Implemented by records; {@link #digestFields} names all that a record says.
 */
public interface Method {
    /**
     * All that the record says, for a plan's digest: {@code type} and one field for each component,
     * as numbers, texts, booleans, lists or maps of these. The names are persisted: write them as
     * literals, and keep them when the Java names change.
     */
    Map<String, Object> digestFields();

    /**
     * Whether a weight of the base model is itself trained.
     *
     * @param weight name as transformers has it, such as {@code model.norm.weight}
     * @param frozen layers that stay as they are whatever the method says
     */
    boolean trains(String weight, ModelConfig config, Set<Integer> frozen);

    /** Whether a frozen matrix is held in 4 bits, see {@link dev.septet.llm.model.weights.Nf4}. */
    default boolean quantizes(String weight) {
        return false;
    }

    /** Whether a block's activations are always computed anew when its gradients are due. */
    default boolean recomputes() {
        return false;
    }

    /**
     * What is added to the model and trained; it changes no output before the first step.
     *
     * @param scope owns the tensors, which are trainable float32
     * @param weights of the base model, by name
     * @param frozen layers that get nothing
     * @param seed the numbers are a function of it and of each layer's name
     */
    default LoraAdapter newAdapter(
            NDManager scope, ModelConfig config, Map<String, NDArray> weights, Set<Integer> frozen, long seed) {
        return LoraAdapter.NONE;
    }

    /** Number of parameters that are added to one block. */
    default long added(ModelConfig config) {
        return 0;
    }

    /**
     * Numbers of the compute type that the backward pass keeps for it, per token and block, beside
     * those of the model.
     */
    default long kept(ModelConfig config) {
        return 0;
    }

    /** Learning rate of a parameter, in multiples of the plan's. */
    default double rateFactor(String parameter) {
        return 1;
    }

    /**
     * What PEFT is told of the result; empty where the base model's weights were trained, so that
     * the result is a whole model.
     *
     * @param baseModel name or path of the model that the adapter belongs to
     */
    default Optional<AdapterConfig> adapterConfig(String baseModel) {
        return Optional.empty();
    }
}
