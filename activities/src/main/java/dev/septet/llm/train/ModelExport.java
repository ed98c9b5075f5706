package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;

import dev.septet.llm.format.AdapterConfig;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes what was trained in the formats of other tools. */
final class ModelExport {
    private ModelExport() {}

    /** A PEFT adapter: float32 matrices and their configuration. */
    static void adapter(Path folder, AdapterConfig config, Map<String, NDArray> parameters)
            throws IOException {
        List<TensorSource> tensors = new ArrayList<>();
        parameters.forEach(
                (name, array) ->
                        tensors.add(
                                TensorSource.floats(
                                        name,
                                        ElementType.F32,
                                        array.getShape(),
                                        array::toFloatArray)));
        PeftAdapter.write(folder, config, tensors);
    }

    /** A whole model: trained weights in the base model's element types, all else copied. */
    static void model(Path folder, ModelFolder base, Map<String, NDArray> parameters)
            throws IOException {
        List<TensorSource> tensors = new ArrayList<>();
        for (StoredTensor stored : base.tensors().values()) {
            NDArray trained = parameters.get(stored.name());
            tensors.add(
                    trained == null
                            ? TensorSource.of(stored)
                            : TensorSource.floats(
                                    stored.name(),
                                    stored.type(),
                                    stored.shape(),
                                    trained::toFloatArray));
        }
        ModelFolderWriter.write(
                folder, base.config(), tensors, base, ModelFolderWriter.SHARD_BYTES);
    }
}
