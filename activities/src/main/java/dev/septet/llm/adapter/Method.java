package dev.septet.llm.adapter;

import dev.septet.llm.model.ModelConfig;

import java.util.Set;

/** How a model is fine-tuned. */
public sealed interface Method permits Full, Partial, Lora {
    /**
     * Whether a weight of the base model is itself trained.
     *
     * @param weight name as transformers has it, such as {@code model.norm.weight}
     * @param frozen layers that stay as they are whatever the method says
     */
    boolean trains(String weight, ModelConfig config, Set<Integer> frozen);
}
