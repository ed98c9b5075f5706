package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.model.program.TrainingProgram;
import dev.septet.llm.runtime.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a program's backward pass left, by the parameters' names. */
final class Gradients {
    private Gradients() {}

    static Map<String, float[]> of(TrainingProgram program) {
        Map<String, NDArray> leaves = new LinkedHashMap<>();
        program.leaves().forEach((name, leaf) -> leaves.put(name, leaf.getGradient()));
        Map<String, float[]> gradients = new LinkedHashMap<>();
        try (NDManager scope = Torch.newScope()) {
            program.parts(scope, leaves, List.of("")).forEach((name, part) -> gradients.put(name, part.toFloatArray()));
        }
        return gradients;
    }
}
