package dev.septet.activities.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.llm.format.AdapterConfig;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.LoraAdapter;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A jar's own method. Errors of its code, such as those of a jar that was built for another version
 * of Septet, become a problem that names the jar. Exceptions stay: the engine throws some of them
 * when memory runs out.
 */
record JarMethod(ExtensionSpec used, Method method) implements Method {
    /** The jar's method, wrapped. A method of the engine is returned unchanged, because the engine tests its class. */
    static Method of(ExtensionSpec used, Method method) {
        return method.getClass().getPackageName().equals(Method.class.getPackageName())
                ? method
                : new JarMethod(used, method);
    }

    @Override
    public Map<String, Object> digestFields() {
        return run(method::digestFields);
    }

    @Override
    public boolean trains(String weight, ModelConfig config, Set<Integer> frozen) {
        return run(() -> method.trains(weight, config, frozen));
    }

    @Override
    public boolean quantizes(String weight) {
        return run(() -> method.quantizes(weight));
    }

    @Override
    public boolean recomputes() {
        return run(method::recomputes);
    }

    @Override
    public LoraAdapter newAdapter(
            NDManager scope, ModelConfig config, Map<String, NDArray> weights, Set<Integer> frozen, long seed) {
        return run(() -> method.newAdapter(scope, config, weights, frozen, seed));
    }

    @Override
    public long added(ModelConfig config) {
        return run(() -> method.added(config));
    }

    @Override
    public long kept(ModelConfig config) {
        return run(() -> method.kept(config));
    }

    @Override
    public double rateFactor(String parameter) {
        return run(() -> method.rateFactor(parameter));
    }

    @Override
    public Optional<AdapterConfig> adapterConfig(String baseModel) {
        return run(() -> method.adapterConfig(baseModel));
    }

    private <R> R run(Supplier<R> code) {
        return Extensions.run(ExtensionWord.Kind.METHOD, used, RuntimeException.class, code::get);
    }
}
