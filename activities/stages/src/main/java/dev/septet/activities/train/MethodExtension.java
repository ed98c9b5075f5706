package dev.septet.activities.train;

import dev.septet.dsl.extension.Extension;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.llm.method.Method;

/** A fine-tuning method from a jar: {@code method biases(norms: false)}. */
public interface MethodExtension extends Extension {
    /**
     * The engine's method with the options of a pipeline file. A version of the jar that changes
     * what the model computes before the first step changes a value in {@link Method#digestFields},
     * because other runs reuse the model's outputs before that step.
     */
    Method method(ExtensionSpec used);
}
