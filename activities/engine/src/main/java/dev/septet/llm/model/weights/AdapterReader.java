package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.LoraWeights;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.runtime.Torch;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Loads a PEFT adapter for inference: each module's scale is folded into its B. */
public final class AdapterReader {
    private AdapterReader() {}

    public static LoraAdapter read(NDManager scope, ModelConfig config, Path folder) {
        PeftAdapter adapter = PeftAdapter.open(folder);
        Map<String, Shape> known = modules(config);
        Map<String, LoraAdapter.Pair> pairs = new LinkedHashMap<>();
        for (LoraWeights weights : adapter.modules().values()) {
            Shape matrix = known.get(weights.module());
            boolean fits = matrix != null
                    && weights.a().shape().get(1) == matrix.get(1)
                    && weights.b().shape().get(0) == matrix.get(0);
            if (!fits) {
                throw new FormatProblem(
                        folder,
                        "adapts "
                                + weights.module()
                                + (matrix == null
                                        ? ", which the base model does not have"
                                        : " of another shape than the base model's " + matrix)
                                + "; it belongs to another base model ("
                                + adapter.config().baseModel()
                                + ")");
            }
            pairs.put(
                    weights.module(),
                    new LoraAdapter.Pair(
                            tensor(scope, weights.a(), 1),
                            tensor(scope, weights.b(), weights.scale()),
                            magnitude(scope, weights),
                            null));
        }
        return new LoraAdapter(pairs, 1, 0);
    }

    private static @Nullable NDArray magnitude(NDManager scope, LoraWeights weights) {
        StoredTensor stored = weights.magnitude();
        return stored == null ? null : Torch.floats(scope, stored.floats(), new Shape(stored.elements()));
    }

    private static NDArray tensor(NDManager scope, StoredTensor stored, double factor) {
        float[] values = stored.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * factor);
        }
        return Torch.floats(scope, values, stored.shape());
    }

    private static Map<String, Shape> modules(ModelConfig config) {
        Map<String, Shape> modules = new LinkedHashMap<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            for (LinearLayer linear : LinearLayer.values()) {
                if (linear.isIn(config)) {
                    modules.put(linear.module(layer), new Shape(linear.outputs(config), linear.inputs(config)));
                }
            }
        }
        return modules;
    }
}
