package dev.septet.llm.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.TensorList;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An update rule with its state for a set of parameters. */
public final class Optimizer {
    private final OptimizerConfig config;
    private final Script script;
    private final TensorList parameters;
    private final List<Group> groups = new ArrayList<>();
    private final Map<String, NDArray> state = new LinkedHashMap<>();

    /**
     * How a parameter is trained.
     *
     * @param rateFactor its learning rate, as a multiple of an update's rate
     * @param start number of updates before the parameter is trained. Until then it has no
     *     gradient, and the backward pass skips layers that only it needs
     */
    public record Rule(double rateFactor, int start) {
        /** Trained from the first update on, at the update's rate. */
        public static final Rule PLAIN = new Rule(1, 0);
    }

    /** Parameters with the same weight decay and rule, and one list of moments per name. */
    private record Group(TensorList parameters, List<TensorList> moments, double decay, Rule rule) {}

    /**
     * The measures of one update.
     *
     * @param norm the gradient's global norm before clipping; if it is not finite, nothing was updated
     * @param agreement inner product of this gradient with the mean of the earlier gradients in the
     *     first moment, divided by this gradient's squared norm, both after clipping. Its expectation
     *     is about |G|^2 / (|G|^2 + tr(S) / B) for the true gradient G and the covariance S of the
     *     gradients of single rows, with B rows per step. Null before there are earlier gradients, and
     *     for a gradient of zeros
     * @see <a href="https://arxiv.org/abs/1812.06162">McCandlish et al., 2018, on the noise scale
     *     tr(S) / |G|^2</a>
     */
    public record Update(double norm, @Nullable Double agreement) {}

    /** The properties that parameters of one group share. */
    private record Kind(boolean matrices, Rule rule) {}

    /**
     * Prepares parameters for training and sets their moments and gradients to zero.
     *
     * @param scope owns the state
     * @param parameters float32 leaves that require gradients, by name
     * @param rules by parameter
     */
    public Optimizer(
            NDManager scope, OptimizerConfig config, Map<String, NDArray> parameters, Function<String, Rule> rules) {
        this.config = config;
        this.script = Script.load(scope, ScriptSource.read(Optimizer.class, "optimizer.py", "Optimizer", Map.of()));
        this.parameters = TensorList.of(scope, List.copyOf(parameters.values()));
        parameters.forEach((name, parameter) -> {
            for (String moment : config.moments()) {
                state.put(name + "." + moment, scope.zeros(parameter.getShape(), DataType.FLOAT32));
            }
        });
        Map<Kind, List<String>> kinds = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> kinds.computeIfAbsent(
                        new Kind(parameter.getShape().dimension() > 1, rules.apply(name)), kind -> new ArrayList<>())
                .add(name));
        kinds.forEach((kind, names) -> addGroup(scope, parameters, kind, names));
        try (NDManager step = scope.newSubManager()) {
            script.callWithGradients(step, "prepare", this.parameters);
        }
    }

    private void addGroup(NDManager scope, Map<String, NDArray> parameters, Kind kind, List<String> names) {
        List<TensorList> moments = new ArrayList<>();
        for (String moment : config.moments()) {
            moments.add(list(scope, state, names, "." + moment));
        }
        double decay = kind.matrices() ? config.weightDecay() : 0;
        groups.add(new Group(list(scope, parameters, names, ""), moments, decay, kind.rule()));
    }

    /**
     * Enables gradients of the parameters that start after this number of updates.
     *
     * @param updates number of updates done
     */
    public void unfreeze(int updates) {
        for (Group group : groups) {
            for (NDArray parameter : group.parameters().arrays()) {
                parameter.setRequiresGradient(group.rule().start() <= updates);
            }
        }
    }

    private static TensorList list(NDManager scope, Map<String, NDArray> arrays, List<String> names, String suffix) {
        List<NDArray> chosen = new ArrayList<>();
        for (String name : names) {
            chosen.add(arrays.get(name + suffix));
        }
        return TensorList.of(scope, chosen);
    }

    /**
     * Performs one update from the parameters' gradients, and sets the gradients to zero.
     *
     * @param update its number, counted from 1
     * @param clip maximum global gradient norm; 0 for no clipping
     * @throws OutOfMemory when memory runs out; if it {@link OutOfMemory#isOfUpdate}, some parameters
     *     may be updated
     */
    public Update update(NDManager scope, int update, double rate, double clip) {
        double norm = script.tensor(scope, "clip", parameters, clip).getFloat();
        Double agreement = null;
        if (Double.isFinite(norm)) {
            agreement = agreement(scope, update);
            try {
                updateGroups(scope, update, rate);
            } catch (OutOfMemory e) {
                throw e.ofUpdate();
            }
        }
        discardGradients(scope);
        return new Update(norm, agreement);
    }

    private @Nullable Double agreement(NDManager scope, int update) {
        double product = 0;
        double square = 0;
        for (Group group : groups) {
            int earlier = update - 1 - group.rule().start();
            if (earlier >= 1) {
                float[] sums = script.tensor(
                                scope,
                                "agreement",
                                group.parameters(),
                                group.moments().get(0))
                        .toFloatArray();
                product += sums[0] / config.gradientsInMoment(earlier);
                square += sums[1];
            }
        }
        double ratio = product / square;
        return Double.isFinite(ratio) ? (Double) ratio : null;
    }

    /** The Euclidean norm of each tensor. */
    public float[] norms(NDManager scope, TensorList tensors) {
        return script.tensor(scope, "norms", tensors).toFloatArray();
    }

    private void updateGroups(NDManager scope, int update, double rate) {
        for (Group group : groups) {
            if (group.rule().start() >= update) {
                continue;
            }
            config.update(
                    scope,
                    script,
                    group.parameters(),
                    group.moments(),
                    update - group.rule().start(), // counted from the group's start, for its bias correction
                    rate * group.rule().rateFactor(),
                    group.decay());
        }
    }

    /** Sets the gradients to zero, for instance after a failed step. */
    public void discardGradients(NDManager scope) {
        script.call(scope, "zero", parameters);
    }

    /**
     * Sets a parameter or a moment to float32 values. DJL's own {@code set} makes the tensor refer
     * to the caller's buffer instead of copying it.
     */
    public void restore(NDArray tensor, FloatBuffer values) {
        try (NDManager step = tensor.getManager().newSubManager()) {
            script.call(step, "restore", tensor, step.create(values, tensor.getShape()));
        }
    }

    /** The state to save in addition to the parameters, by name {@code <parameter>.<moment>}. */
    public Map<String, NDArray> state() {
        return Collections.unmodifiableMap(state);
    }
}
