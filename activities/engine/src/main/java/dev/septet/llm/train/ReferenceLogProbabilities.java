package dev.septet.llm.train;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.Safetensors;
import dev.septet.llm.format.SafetensorsWriter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.data.DataCheck;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Log-probabilities of answers under the reference model, in a safetensors file with one F64 tensor
 * (rows) per dataset, by the dataset's file name. They are constant during training, so they are
 * computed once.
 */
public final class ReferenceLogProbabilities {
    private final Path file;
    private final Map<String, double[]> rows;

    private ReferenceLogProbabilities(Path file, Map<String, double[]> rows) {
        this.file = file;
        this.rows = rows;
    }

    /**
     * Computes the log-probabilities with the model that the plan's method has before its first
     * step: a new adapter adds nothing, and 4-bit weights stay in 4 bits.
     *
     * @param sets datasets of pairs
     * @param progress receives the number of rows done
     */
    public static void compute(
            TrainingPlan plan,
            Path model,
            MicroBatchBudget budget,
            List<TokenDataset> sets,
            Path file,
            IntConsumer progress)
            throws IOException {
        List<TensorSource> tensors = new ArrayList<>();
        try (NDManager scope = Torch.newScope()) {
            TrainableModel start = TrainableModel.open(scope, plan, model);
            int before = 0;
            for (TokenDataset set : sets) {
                DataCheck.require(set, plan.maxTokens());
                int done = before;
                double[] logs = new SequenceLogProbabilities(scope, start)
                        .of(set, budget, rows -> progress.accept(done + rows));
                before += set.rows();
                tensors.add(tensor(set, logs));
            }
        }
        SafetensorsWriter.write(file, Map.of(), tensors);
    }

    /**
     * Writes log-probabilities of 0 without running the model, for measurements: steps take as long
     * as with computed ones.
     */
    public static void writeZeros(TokenDataset set, Path file) throws IOException {
        SafetensorsWriter.write(file, Map.of(), List.of(tensor(set, new double[set.rows()])));
    }

    /** Reads the file that {@link #compute} wrote. */
    static ReferenceLogProbabilities open(Path file) {
        Map<String, double[]> rows = new HashMap<>();
        for (StoredTensor tensor : Safetensors.open(file).tensors()) {
            double[] logs = new double[Math.toIntExact(tensor.elements())];
            tensor.bytes().order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(logs);
            rows.put(tensor.name(), logs);
        }
        return new ReferenceLogProbabilities(file, rows);
    }

    /** The log-probability of each row of a dataset. */
    double[] of(TokenDataset set) {
        double[] logs = rows.get(name(set));
        if (logs == null || logs.length != set.rows()) {
            throw new FormatProblem(file, "was computed for other rows than " + set.file() + "; compute it again");
        }
        return logs;
    }

    private static TensorSource tensor(TokenDataset set, double[] logs) {
        return TensorSource.bytes(name(set), ElementType.F64, new Shape(logs.length), bytes(logs));
    }

    private static String name(TokenDataset set) {
        return String.valueOf(set.file().getFileName()).replaceFirst("\\.safetensors$", "");
    }

    private static ByteBuffer bytes(double[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Double.BYTES, values.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        return bytes;
    }
}
