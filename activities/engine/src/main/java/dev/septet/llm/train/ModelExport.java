package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import dev.septet.llm.format.AdapterConfig;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes the training result in the formats of other tools. */
final class ModelExport {
    private ModelExport() {}

    /**
     * Writes a PEFT adapter: float32 matrices and their configuration. Its targets are limited to
     * layers that the model has.
     */
    static void adapter(Path folder, AdapterConfig config, Map<String, NDArray> parameters) throws IOException {
        List<TensorSource> tensors = new ArrayList<>();
        parameters.forEach((name, array) ->
                tensors.add(TensorSource.floats(name, ElementType.F32, array.getShape(), array::toFloatArray)));
        List<String> targets = config.targets().stream()
                .filter(target -> adapts(parameters.keySet(), target))
                .toList();
        PeftAdapter.write(folder, config.withTargets(targets), tensors);
    }

    private static boolean adapts(Set<String> parameters, String target) {
        return parameters.stream().anyMatch(name -> name.contains("." + target + "."));
    }

    /**
     * Writes a whole model: trained weights in the base model's element types, all other weights
     * copied. If the embeddings are tied, a separate output matrix is left out: it would still be
     * the base model's, and some tools prefer it to the embedding.
     */
    static void model(Path folder, ModelFolder base, Map<String, NDArray> parameters) throws IOException {
        List<TensorSource> tensors = new ArrayList<>();
        ModelConfig config = ModelConfig.read(base.path());
        for (StoredTensor stored : base.tensors().values()) {
            if (Weights.isTiedOutput(config, stored.name())) {
                continue;
            }
            NDArray trained = parameters.get(stored.name());
            tensors.add(
                    trained == null
                            ? TensorSource.of(stored)
                            : TensorSource.floats(stored.name(), stored.type(), stored.shape(), trained::toFloatArray));
        }
        ModelFolderWriter.write(folder, base.config(), tensors, base, ModelFolderWriter.SHARD_BYTES);
    }
}
