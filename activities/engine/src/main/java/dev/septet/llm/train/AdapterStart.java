package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.LoraWeights;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.optimizer.Optimizer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Initializes a run with the tensors of an existing PEFT adapter. */
final class AdapterStart {
    private static final double SAME = 1e-9;

    private AdapterStart() {}

    static void copy(Path folder, TrainableModel model, Optimizer optimizer) {
        PeftAdapter adapter = PeftAdapter.open(folder);
        Map<String, StoredTensor> stored = new LinkedHashMap<>();
        for (LoraWeights weights : adapter.modules().values()) {
            stored.put(PeftAdapter.nameOfA(weights.module()), weights.a());
            stored.put(PeftAdapter.nameOfB(weights.module()), weights.b());
            if (weights.magnitude() != null) {
                stored.put(PeftAdapter.nameOfMagnitude(weights.module()), weights.magnitude());
            }
        }
        if (!stored.keySet().equals(model.parameters().keySet())) {
            throw new FormatProblem(
                    folder,
                    "adapts other layers than the plan, or with another method; set the plan's"
                            + " method and targets to the adapter's");
        }
        model.parameters()
                .forEach(
                        (name, parameter) -> requireShape(folder, Objects.requireNonNull(stored.get(name)), parameter));
        for (LoraWeights weights : adapter.modules().values()) {
            requireScale(folder, weights, model.scaling());
        }
        model.parameters().forEach((name, parameter) -> {
            float[] values = Objects.requireNonNull(stored.get(name)).floats();
            optimizer.restore(parameter, FloatBuffer.wrap(values));
        });
    }

    /** Requires the same scale as in the adapter's training, because A's and B's values depend on it. */
    private static void requireScale(Path folder, LoraWeights weights, double scaling) {
        if (Math.abs(weights.scale() - scaling) > SAME * scaling) {
            throw new FormatProblem(
                    folder,
                    "scales "
                            + weights.module()
                            + " by "
                            + weights.scale()
                            + ", but the plan scales by "
                            + scaling
                            + "; set rank, alpha and scaling to the adapter's");
        }
    }

    private static void requireShape(Path folder, StoredTensor tensor, NDArray parameter) {
        if (!tensor.shape().equals(parameter.getShape())) {
            throw new FormatProblem(
                    folder,
                    tensor.name()
                            + " has another shape than the plan's "
                            + parameter.getShape()
                            + "; set rank and base model to the adapter's");
        }
    }
}
