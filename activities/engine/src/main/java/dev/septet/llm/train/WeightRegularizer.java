package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.Safetensors;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.TensorList;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.plan.CapabilityRetention;
import dev.septet.llm.train.plan.TrainingPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The penalties of L2-SP and EWC, which pull parameters towards their values at the time of
 * construction. Low-rank products are regularized in merged form, because A and B alone do not show
 * how far the model has moved.
 */
final class WeightRegularizer {
    private final Script script;
    private final CapabilityRetention retention;
    private final double scaling;
    private final Group weights;
    private final Group products;

    /** Parameters, their initial values, and the importance of each weight (empty without EWC). */
    private record Group(TensorList now, TensorList start, TensorList fisher) {
        boolean isEmpty() {
            return now.arrays().isEmpty();
        }
    }

    /**
     * @param scope owns the copies
     * @param fisher file of {@link Fisher}; required for ewc
     */
    WeightRegularizer(NDManager scope, TrainingPlan plan, TrainableModel model, Optional<Path> fisher) {
        this(
                scope,
                plan.retention(),
                model.parameters(),
                new LoraAdapter(model.products(), model.scaling(), 0),
                fisher);
    }

    WeightRegularizer(
            NDManager scope,
            CapabilityRetention retention,
            Map<String, NDArray> parameters,
            LoraAdapter adapter,
            Optional<Path> fisher) {
        this.script = Script.load(scope, source());
        this.retention = retention;
        this.scaling = adapter.scaling();
        List<NDArray> factors = new ArrayList<>();
        List<String> modules = new ArrayList<>();
        adapter.pairs().forEach((module, pair) -> {
            factors.add(pair.a());
            factors.add(pair.b());
            modules.add(module + ".weight");
        });
        List<String> names = parameters.entrySet().stream()
                .filter(entry -> factors.stream().noneMatch(f -> f == entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        Optional<Path> fisherFile = retention.ewc() > 0 ? fisher : Optional.empty();
        this.weights = group(scope, names.stream().map(parameters::get).toList(), names, fisherFile);
        this.products = group(scope, factors, modules, fisherFile);
    }

    static ScriptSource source() {
        return ScriptSource.read(WeightRegularizer.class, "anchors.py", "Anchors", Map.of());
    }

    private Group group(NDManager scope, List<NDArray> now, List<String> weights, Optional<Path> fisher) {
        TensorList parameters = TensorList.of(scope, now);
        NDList start = !now.isEmpty() ? script.call(scope, "copies", parameters) : new NDList();
        return new Group(
                parameters,
                TensorList.of(scope, start),
                TensorList.of(
                        scope,
                        fisher.map(file -> importance(scope, file, weights)).orElse(List.of())));
    }

    private static List<NDArray> importance(NDManager scope, Path file, List<String> weights) {
        Safetensors tensors = Safetensors.open(file);
        List<NDArray> importance = new ArrayList<>();
        for (String name : weights) {
            if (!tensors.names().contains(name)) {
                throw new FormatProblem(file, "lacks the Fisher information of " + name);
            }
            StoredTensor stored = tensors.tensor(name);
            importance.add(Torch.floats(scope, stored.floats(), stored.shape()));
        }
        return importance;
    }

    /**
     * Adds the penalties' gradients to the parameters' gradients.
     *
     * @return the sum of the penalties
     */
    double addGradients(NDManager step) {
        double sum = 0;
        for (boolean product : new boolean[] {false, true}) {
            Group group = product ? products : weights;
            if (group.isEmpty()) {
                continue;
            }
            String method = product ? "product" : "start";
            List<Object> scale = product ? List.of(scaling) : List.of();
            if (retention.l2sp() > 0) {
                sum += add(step, method, group, List.of(), scale, retention.l2sp());
            }
            if (retention.ewc() > 0) {
                List<Object> fisher = List.of(group.fisher());
                sum += add(step, "weighted_" + method, group, fisher, scale, retention.ewc());
            }
        }
        return sum;
    }

    private double add(
            NDManager step, String method, Group group, List<Object> fisher, List<Object> scale, double strength) {
        List<Object> arguments = new ArrayList<>(List.of(group.now(), group.start()));
        arguments.addAll(fisher);
        arguments.addAll(scale);
        arguments.add(strength);
        return script.tensor(step, method, arguments.toArray()).getDouble();
    }
}
