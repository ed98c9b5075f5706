package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.AdapterConfig;
import dev.septet.llm.format.LoraWeights;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.optimizer.Optimizer;
import dev.septet.llm.optimizer.Sgd;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.TensorList;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.TrainingPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Gradients of single rows' losses with respect to a PEFT adapter's parameters (LoRA or DoRA), on a frozen base model in
 * float32 and without dropout.
 *
 * <p>Each row has its own backward pass, so its gradient does not depend on other rows. Gradients are never kept for the rows:
 * {@link #products} reduces each to its norm and to its dot products with a few kept ones.
 *
 * <p>Not thread-safe.
 */
public final class AdapterGradients implements AutoCloseable {
    /** Above this length, a backward pass recomputes activations: the same bits in less memory. */
    private static final int LONG_ROW = 512;

    private final NDManager scope;
    private final TrainableModel model;
    private final Optimizer optimizer;
    private final Script script;
    private final TensorList parameters;
    private TensorList kept;
    private int keptCount;
    private NDManager keptScope;

    private AdapterGradients(NDManager scope, TrainableModel model) {
        this.scope = scope;
        this.model = model;
        // its rule is never applied; it gives every parameter a gradient of zeros
        this.optimizer = new Optimizer(scope, new Sgd(0, 0), model.program().leaves(), name -> Optimizer.Rule.PLAIN);
        this.script =
                Script.load(scope, ScriptSource.read(AdapterGradients.class, "gradients.py", "Gradients", Map.of()));
        this.parameters =
                TensorList.of(scope, List.copyOf(model.program().leaves().values()));
        this.keptScope = scope.newSubManager();
        this.kept = TensorList.of(keptScope, List.of());
    }

    /**
     * The products of a row's gradient.
     *
     * @param norm its Euclidean norm
     * @param dots its dot product with each kept gradient, in order
     */
    @SuppressWarnings("ArrayRecordComponent") // a column of numbers; records are never compared
    public record Products(double norm, double[] dots) {}

    /**
     * Opens a base model with an adapter.
     *
     * @param longestRow tokens of the longest row
     * @throws dev.septet.llm.format.FormatProblem when a file is missing or damaged, or when the adapter does not match the
     *     model
     */
    public static AdapterGradients open(Path baseModel, Path adapter, int longestRow) {
        PeftAdapter peft = PeftAdapter.open(adapter);
        TrainingPlan plan = new TrainingPlan(
                method(peft),
                ComputePrecision.FLOAT32,
                0,
                1,
                1,
                1,
                new Sgd(0, 0),
                new LearningRate(LearningRate.Shape.CONSTANT, 1, 0),
                0,
                withoutAdapter(peft, ModelConfig.read(baseModel)),
                Math.max(2, longestRow));
        NDManager scope = Torch.newScope();
        try {
            AdapterGradients opened = new AdapterGradients(scope, TrainableModel.open(scope, plan, baseModel));
            opened.moveTo(adapter);
            return opened;
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    private static Method method(PeftAdapter peft) {
        AdapterConfig config = peft.config();
        Set<String> targets = new TreeSet<>();
        for (LoraWeights weights : peft.modules().values()) {
            targets.add(weights.module().substring(weights.module().lastIndexOf('.') + 1));
        }
        Lora lora = new Lora(config.rank(), config.alpha(), 0, List.copyOf(targets), config.rankStabilized(), 1);
        return config.dora() ? new Dora(lora) : lora;
    }

    /** The blocks that the adapter leaves unchanged. */
    private static Set<Integer> withoutAdapter(PeftAdapter peft, ModelConfig config) {
        Set<Integer> without = new HashSet<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            boolean adapted = false;
            for (LinearLayer linear : LinearLayer.values()) {
                adapted |= peft.modules().containsKey(linear.module(layer));
            }
            if (!adapted) {
                without.add(layer);
            }
        }
        return without;
    }

    /**
     * Replaces the adapter by another one of the same training, and forgets all kept gradients.
     *
     * @throws dev.septet.llm.format.FormatProblem when it has other layers or shapes
     */
    public void moveTo(Path adapter) {
        AdapterStart.copy(adapter, model, optimizer);
        keptScope.close();
        keptScope = scope.newSubManager();
        kept = TensorList.of(keptScope, List.of());
        keptCount = 0;
    }

    /** Number of parameters of the adapter. */
    public long size() {
        return parameters.arrays().stream().mapToLong(NDArray::size).sum();
    }

    /**
     * Computes the gradient of a question's loss, and keeps it for later products.
     *
     * @return its norm
     */
    public double keep(List<TokenDataset.Row> question) {
        try (NDManager scratch = scope.newSubManager()) {
            backward(scratch, question);
            double norm = norm(scratch);
            NDList copies = script.call(keptScope, "copies", parameters);
            List<NDArray> all = new ArrayList<>(kept.arrays());
            all.addAll(copies);
            kept = TensorList.of(keptScope, all);
            keptCount++;
            optimizer.discardGradients(scratch);
            return norm;
        }
    }

    /**
     * The products of an example's gradient with all kept ones.
     *
     * @param example one row: the gradient of the sum of -log p(token) over its loss-carrying tokens. Two rows, the chosen
     *     answer first: the gradient of the first sum minus the second. This is the direction of the gradient of DPO's loss,
     *     without its positive factor
     */
    public Products products(List<TokenDataset.Row> example) {
        try (NDManager scratch = scope.newSubManager()) {
            backward(scratch, example);
            double[] values =
                    script.tensor(scratch, "products", parameters, kept).toDoubleArray();
            optimizer.discardGradients(scratch);
            double[] dots = IntStream.range(0, keptCount)
                    .mapToDouble(i -> values[i + 1])
                    .toArray();
            return new Products(Math.sqrt(values[0]), dots);
        }
    }

    private double norm(NDManager scratch) {
        return Math.sqrt(script.tensor(scratch, "products", parameters, TensorList.of(scratch, List.of()))
                .toDoubleArray()[0]);
    }

    private void backward(NDManager scratch, List<TokenDataset.Row> example) {
        double divisor = 1;
        for (TokenDataset.Row row : example) {
            TokenBatch batch = TokenBatch.of(scratch, model.config(), List.of(row.tokens()), List.of(row.mask()));
            NDArray noDropout = scratch.create(new Shape(0), DataType.INT64);
            model.program().backward(scratch, batch, noDropout, divisor, row.tokens().length > LONG_ROW);
            divisor = -divisor;
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
