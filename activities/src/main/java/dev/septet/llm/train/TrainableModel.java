package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.Decoder;
import dev.septet.llm.model.LowRank;
import dev.septet.llm.model.ModelConfig;
import dev.septet.llm.model.Weights;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model whose method's parameters can be trained.
 *
 * @param parameters float32 leaves that require gradients, named as the exported file names them
 */
record TrainableModel(
        ModelFolder folder,
        ModelConfig config,
        Decoder decoder,
        LowRank adapter,
        Map<String, NDArray> parameters) {

    static TrainableModel open(NDManager scope, TrainingPlan plan, Path folder) {
        ModelConfig config = ModelConfig.read(folder);
        ModelFolder model = ModelFolder.open(folder);
        checkLayers(plan, config);
        Weights weights =
                Weights.load(
                        scope,
                        config,
                        model,
                        plan.precision(),
                        name -> plan.method().trains(name, config, plan.frozenLayers()));
        LowRank adapter =
                plan.method()
                        .newAdapter(
                                scope, config, weights.tensors(), plan.frozenLayers(), plan.seed());
        Decoder decoder = Decoder.compile(scope, config, plan.precision(), weights, adapter);
        Map<String, NDArray> parameters = new LinkedHashMap<>(weights.trainable());
        parameters.putAll(adapter.parameters());
        return new TrainableModel(model, config, decoder, adapter, parameters);
    }

    private static void checkLayers(TrainingPlan plan, ModelConfig config) {
        for (int layer : plan.frozenLayers()) {
            if (layer < 0 || layer >= config.layers()) {
                throw new TrainingProblem(
                        "layer "
                                + layer
                                + " is to be frozen, but the model has layers 0 to "
                                + (config.layers() - 1));
            }
        }
    }
}
