package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.optimizer.Optimizer;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Takes the matrices of an existing PEFT adapter as the beginning of a run. */
final class AdapterStart {
    private AdapterStart() {}

    static void copy(Path folder, Map<String, NDArray> parameters, Optimizer optimizer) {
        Map<String, StoredTensor> stored = new LinkedHashMap<>();
        PeftAdapter.open(folder)
                .modules()
                .forEach(
                        (module, weights) -> {
                            stored.put(PeftAdapter.nameOfA(module), weights.a());
                            stored.put(PeftAdapter.nameOfB(module), weights.b());
                        });
        if (!stored.keySet().equals(parameters.keySet())) {
            throw new FormatProblem(
                    folder, "adapts other layers than the plan; set its targets to the adapter's");
        }
        parameters.forEach(
                (name, parameter) -> {
                    StoredTensor tensor = stored.get(name);
                    if (tensor == null || !tensor.shape().equals(parameter.getShape())) {
                        throw new FormatProblem(
                                folder,
                                name
                                        + " has another shape than the plan's "
                                        + parameter.getShape()
                                        + "; set rank and base model to the adapter's");
                    }
                    optimizer.restore(parameter, FloatBuffer.wrap(tensor.floats()));
                });
    }
}
