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
 * A fine-tuning method: which weights are trained, what is added to the model, and in which form
 * the result is written. Implemented by records; {@link #digestFields} lists all their components.
 */
public interface Method {
    /**
     * All components of the record, for a plan's digest: {@code type} and one field per component.
     * Values are numbers, texts, booleans, and lists or maps of these. The names are persisted:
     * write them as literals, and keep them when the Java names change.
     */
    Map<String, Object> digestFields();

    /**
     * Whether a weight of the base model is itself trained.
     *
     * @param weight its name in transformers, such as {@code model.norm.weight}
     * @param frozen layers that are not trained, whatever the method
     */
    boolean trains(String weight, ModelConfig config, Set<Integer> frozen);

    /** Whether a frozen matrix is stored in 4 bits, see {@link dev.septet.llm.model.weights.Nf4}. */
    default boolean quantizes(String weight) {
        return false;
    }

    /** Whether the method always uses activation recomputation. */
    default boolean recomputes() {
        return false;
    }

    /**
     * Creates the trained tensors that are added to the model. They change no output before the
     * first step.
     *
     * @param scope owns the tensors, which are trainable float32
     * @param weights of the base model, by name
     * @param frozen layers without added tensors
     * @param seed the values are a function of it and of each layer's name
     */
    default LoraAdapter newAdapter(
            NDManager scope, ModelConfig config, Map<String, NDArray> weights, Set<Integer> frozen, long seed) {
        return LoraAdapter.NONE;
    }

    /** Number of parameters added to one block. */
    default long added(ModelConfig config) {
        return 0;
    }

    /**
     * Number of values of the compute type that the backward pass keeps for the method, per token
     * and block, in addition to the model's own.
     */
    default long kept(ModelConfig config) {
        return 0;
    }

    /** Learning rate of a parameter, as a multiple of the plan's. */
    default double rateFactor(String parameter) {
        return 1;
    }

    /**
     * The result's PEFT configuration; empty if the base model's weights were trained, so that the
     * result is a whole model.
     *
     * @param baseModel name or path of the model that the adapter belongs to
     */
    default Optional<AdapterConfig> adapterConfig(String baseModel) {
        return Optional.empty();
    }
}
