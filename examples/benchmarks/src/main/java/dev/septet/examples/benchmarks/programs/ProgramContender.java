package dev.septet.examples.benchmarks.programs;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.sun.management.OperatingSystemMXBean;
import dev.septet.examples.benchmarks.Median;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.model.program.TrainingProgram;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.Optimizer;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A training program with its optimizer, and the measured times of its steps. */
final class ProgramContender {
    private static final double RATE = 2e-4;
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final TrainingProgram program;
    private final Optimizer optimizer;
    private final List<Double> elapsed = new ArrayList<>();
    private final List<Double> processor = new ArrayList<>();
    private int steps;
    private double loss;

    ProgramContender(NDManager scope, TrainingProgram program) {
        this.program = program;
        this.optimizer = new Optimizer(scope, AdamW.DEFAULT, program.leaves(), name -> Optimizer.Rule.PLAIN);
    }

    String name() {
        return program.name();
    }

    /** Runs one training step. The first step is not measured. */
    void step(NDManager scope, TokenBatch batch) {
        long began = System.nanoTime();
        long used = SYSTEM.getProcessCpuTime();
        try (NDManager scratch = scope.newSubManager()) {
            NDArray noKeys = scratch.create(new Shape(0), DataType.INT64);
            loss = program.backward(scratch, batch, noKeys, batch.count(), false) / batch.count();
            optimizer.update(scratch, ++steps, RATE, 1);
        }
        if (steps > 1) {
            elapsed.add((System.nanoTime() - began) / 1e9);
            processor.add((SYSTEM.getProcessCpuTime() - used) / 1e9);
        }
    }

    /** The loss of the last step, in nats per token. */
    double loss() {
        return loss;
    }

    double least() {
        return Collections.min(elapsed);
    }

    double median() {
        return Median.of(elapsed);
    }

    /** Processor seconds of all threads in the step with the fewest. */
    double leastProcessor() {
        return Collections.min(processor);
    }
}
