package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Partial;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.AutogradProgram;
import dev.septet.llm.model.program.Decoder;
import dev.septet.llm.model.program.FusedLoraProgram;
import dev.septet.llm.model.program.FusedWeightProgram;
import dev.septet.llm.model.program.TrainingProgram;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.model.weights.Weights;
import dev.septet.llm.train.data.TrainingProblem;
import dev.septet.llm.train.plan.TrainingPlan;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model with trainable parameters, loaded for a plan.
 *
 * @param scaling factor of the adapter's products
 * @param dropout probability of dropout on the adapter's inputs
 * @param parameters float32, by their names in the exported file
 * @param products the adapter's factors by module, if the program trains each separately
 */
public record TrainableModel(
        ModelFolder folder,
        ModelConfig config,
        TrainingProgram program,
        double scaling,
        double dropout,
        Map<String, NDArray> parameters,
        Map<String, LoraAdapter.Pair> products) {

    static TrainableModel open(NDManager scope, TrainingPlan plan, Path folder) {
        return open(scope, plan, folder, false);
    }

    /**
     * Opens the model for a plan.
     *
     * @param above whether every batch contains the input of the first trained block; see {@link
     *     CachedActivations}
     */
    static TrainableModel open(NDManager scope, TrainingPlan plan, Path folder, boolean above) {
        ModelConfig config = ModelConfig.read(folder);
        checkLayers(plan, config);
        if (isLora(plan, config)) {
            return lora(scope, plan, config, ModelFolder.open(folder));
        }
        return trainsWeights(plan, config)
                ? weights(scope, plan, config, ModelFolder.open(folder), above)
                : autograd(scope, plan, config, ModelFolder.open(folder));
    }

    /**
     * Opens the model with the autograd program, which trains every method and which the other
     * programs are compared with.
     */
    static TrainableModel openWithAutograd(NDManager scope, TrainingPlan plan, Path folder) {
        ModelConfig config = ModelConfig.read(folder);
        checkLayers(plan, config);
        return autograd(scope, plan, config, ModelFolder.open(folder));
    }

    /** Whether the fused LoRA program can train with this plan. */
    public static boolean isLora(TrainingPlan plan, ModelConfig config) {
        return mayStack(plan)
                && adapter(plan)
                        .filter(lora -> FusedLoraProgram.fits(config, plan.maxTokens(), lora.dropout()))
                        .isPresent();
    }

    /** The trained low-rank products, with or without magnitudes; empty for other methods. */
    public static Optional<Lora> adapter(TrainingPlan plan) {
        if (plan.method() instanceof Dora dora) {
            return Optional.of(dora.lora());
        }
        return plan.method() instanceof Lora lora ? Optional.of(lora) : Optional.empty();
    }

    /** Whether the fused weight program can train with this plan. */
    public static boolean trainsWeights(TrainingPlan plan, ModelConfig config) {
        return mayStack(plan)
                && (plan.method() instanceof Full || plan.method() instanceof Partial)
                && FusedWeightProgram.fits(config, plan.maxTokens());
    }

    /** Weight regularizers and unfreezing act on single parameters, but the fused programs stack them. */
    private static boolean mayStack(TrainingPlan plan) {
        return !plan.retention().regularizesWeights() && plan.retention().unfreezeEvery() == 0;
    }

    private static TrainableModel lora(NDManager scope, TrainingPlan plan, ModelConfig config, ModelFolder folder) {
        try (NDManager temporary = scope.newSubManager()) {
            LoraAdapter start = newAdapter(temporary, plan, config, folder);
            FusedLoraProgram program = FusedLoraProgram.open(scope, config, folder, plan.precision(), start);
            Map<String, NDArray> parameters = program.parts(scope, program.leaves(), List.of(""));
            return new TrainableModel(folder, config, program, start.scaling(), start.dropout(), parameters, Map.of());
        }
    }

    private static TrainableModel weights(
            NDManager scope, TrainingPlan plan, ModelConfig config, ModelFolder folder, boolean above) {
        FusedWeightProgram program =
                FusedWeightProgram.open(scope, config, folder, plan.precision(), plan.trained(config), above);
        Map<String, NDArray> parameters = program.parts(scope, program.leaves(), List.of(""));
        return new TrainableModel(folder, config, program, 1, 0, parameters, Map.of());
    }

    /** The new adapter. Only magnitudes need the weights, which the program loads again in fused form. */
    private static LoraAdapter newAdapter(NDManager scope, TrainingPlan plan, ModelConfig config, ModelFolder folder) {
        try (NDManager temporary = scope.newSubManager()) {
            Map<String, NDArray> weights = plan.method() instanceof Dora
                    ? Weights.load(temporary, config, folder, plan.precision(), name -> false)
                            .tensors()
                    : Map.of();
            return plan.method().newAdapter(scope, config, weights, plan.frozenLayers(), plan.seed());
        }
    }

    private static TrainableModel autograd(NDManager scope, TrainingPlan plan, ModelConfig config, ModelFolder folder) {
        Weights weights = Weights.load(
                scope,
                config,
                folder,
                plan.precision(),
                name -> plan.method().trains(name, config, plan.frozenLayers()),
                plan.method()::quantizes);
        LoraAdapter adapter =
                plan.method().newAdapter(scope, config, weights.tensors(), plan.frozenLayers(), plan.seed());
        Decoder decoder = Decoder.compile(scope, config, plan.precision(), weights, adapter);
        Map<String, NDArray> parameters = new LinkedHashMap<>(weights.trainable());
        parameters.putAll(adapter.parameters());
        return new TrainableModel(
                folder,
                config,
                new AutogradProgram(decoder, parameters),
                adapter.scaling(),
                adapter.dropout(),
                parameters,
                adapter.pairs());
    }

    private static void checkLayers(TrainingPlan plan, ModelConfig config) {
        for (int layer : plan.frozenLayers()) {
            if (layer < 0 || layer >= config.layers()) {
                throw new TrainingProblem(
                        "layer " + layer + " is to be frozen, but the model has layers 0 to " + (config.layers() - 1));
            }
        }
    }
}
