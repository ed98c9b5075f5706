package dev.septet.examples.benchmarks.estimate;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.activities.resource.HostMemory;
import dev.septet.examples.benchmarks.FrozenOnce;
import dev.septet.examples.benchmarks.Methods;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.train.StepTime;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.TrainingInputs;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.memory.MemoryEstimate;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One training in a process of its own, with its estimate and its measured memory and time. */
public final class EstimatedRun {
    private static final int ROWS = 4;
    private static final int LENGTH = 256;
    private static final int TIMED = 8;

    private EstimatedRun() {}

    /**
     * The training to measure.
     *
     * @param model folder of the base model
     * @param folder folder for data
     * @param recompute whether activations are recomputed
     * @param timed whether time is measured too
     * @param steps number of steps before the peak is read
     */
    record Setup(
            String model, String folder, String method, boolean bf16, boolean recompute, boolean timed, int steps) {}

    /**
     * The result.
     *
     * @param time null when time was not requested
     */
    record Result(
            long estimatedBytes, long peakBytes, @Nullable Time time) {}

    /** The time of an epoch whose rows differ in length. */
    record Time(double estimatedSeconds, double seconds) {}

    /** Usage: {@code EstimatedRun SETUP RESULT}. Both are JSON; RESULT is a file to write. */
    public static void main(String[] arguments) throws IOException {
        ObjectMapper json = new ObjectMapper();
        Setup setup = json.readValue(arguments[0], Setup.class);
        json.writeValue(Path.of(arguments[1]).toFile(), run(setup));
    }

    /** The estimated peak memory, in bytes. */
    static long estimate(Setup setup) {
        TrainingPlan plan = plan(setup);
        return MemoryEstimate.of(
                        ModelConfig.read(Path.of(setup.model())),
                        plan,
                        MicroBatchBudget.of(plan).recomputing(setup.recompute()),
                        plan.maxTokens())
                .total();
    }

    private static Result run(Setup setup) throws IOException {
        Path model = Path.of(setup.model());
        Path folder = Files.createTempDirectory(Path.of(setup.folder()), "rows");
        TrainingPlan plan = plan(setup);
        MicroBatchBudget budget = MicroBatchBudget.of(plan).recomputing(setup.recompute());
        TokenDataset longest = RandomRows.equal(folder.resolve("equal"), ROWS, LENGTH);
        TrainingInputs inputs = FrozenOnce.inputs(plan, model, longest, folder);
        try (Trainer trainer = Trainer.open(plan, inputs, Optional.empty())) {
            trainer.setBudget(budget);
            for (int step = 0; step < setup.steps(); step++) {
                trainer.step();
            }
        }
        long peak = HostMemory.peak();
        return new Result(estimate(setup), peak, setup.timed() ? time(plan, model, folder, budget) : null);
    }

    private static Time time(TrainingPlan plan, Path model, Path folder, MicroBatchBudget budget) throws IOException {
        TokenDataset uneven = RandomRows.uneven(folder.resolve("uneven"), ROWS * TIMED, LENGTH);
        StepTime time = StepTime.of(plan, new TrainingInputs(model, uneven), budget);
        TrainingInputs inputs = FrozenOnce.inputs(plan, model, uneven, folder);
        return new Time(time.perToken() * uneven.tokens(), secondsOfAnEpoch(plan, inputs, budget));
    }

    /**
     * The seconds of an epoch, measured after the model was opened and the first steps have
     * compiled.
     */
    private static double secondsOfAnEpoch(TrainingPlan plan, TrainingInputs inputs, MicroBatchBudget budget) {
        try (Trainer trainer = Trainer.open(plan, inputs, Optional.empty())) {
            trainer.setBudget(budget);
            for (int step = 0; step < TIMED; step++) {
                trainer.step();
            }
            long began = System.nanoTime();
            for (int step = 0; step < TIMED; step++) {
                trainer.step();
            }
            return (System.nanoTime() - began) / 1e9;
        }
    }

    private static TrainingPlan plan(Setup setup) {
        return new TrainingPlan(
                        Methods.named(setup.method()),
                        setup.bf16() ? ComputePrecision.BF16 : ComputePrecision.FLOAT32,
                        7,
                        ROWS,
                        1,
                        100,
                        AdamW.DEFAULT,
                        new LearningRate(LearningRate.Shape.CONSTANT, 2e-4, 0),
                        1,
                        Set.of(),
                        LENGTH)
                .cachingFrozen(true);
    }
}
