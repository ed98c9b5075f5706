package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import dev.septet.llm.adapter.Lora;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
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
        ModelFolder folder, ModelConfig config, Decoder decoder, Map<String, NDArray> parameters) {

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
                plan.method() instanceof Lora lora
                        ? lora.newAdapter(scope, config, plan.frozenLayers(), plan.seed())
                        : LowRank.NONE;
        Decoder decoder = Decoder.compile(scope, config, plan.precision(), weights, adapter);
        Map<String, NDArray> parameters = new LinkedHashMap<>(weights.trainable());
        adapter.pairs()
                .forEach(
                        (module, pair) -> {
                            parameters.put(PeftAdapter.nameOfA(module), pair.a());
                            parameters.put(PeftAdapter.nameOfB(module), pair.b());
                        });
        return new TrainableModel(model, config, decoder, parameters);
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
