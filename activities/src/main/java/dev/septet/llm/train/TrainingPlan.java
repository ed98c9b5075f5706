package dev.septet.llm.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.septet.llm.adapter.Method;
import dev.septet.llm.model.Precision;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.optimizer.OptimizerConfig;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything that determines a training run, beside the model and the data.
 *
 * @param seed of data order, adapter initialisation and dropout
 * @param batchSize longest rows computed at once; of shorter ones as many as have the same tokens
 * @param accumulate how many times as many rows make one optimizer step
 * @param totalSteps optimizer steps in all
 * @param clipNorm largest global gradient norm; 0 = no clipping
 * @param frozenLayers blocks that stay as they are, counted from 0
 * @param maxTokens longest row allowed
 * @param preservation what keeps earlier skills
 */
public record TrainingPlan(
        Method method,
        Precision precision,
        long seed,
        int batchSize,
        int accumulate,
        int totalSteps,
        OptimizerConfig optimizer,
        LearningRate learningRate,
        double clipNorm,
        Set<Integer> frozenLayers,
        int maxTokens,
        Preservation preservation) {

    public TrainingPlan {
        frozenLayers = Collections.unmodifiableSet(new TreeSet<>(frozenLayers));
        if (batchSize < 1 || accumulate < 1 || totalSteps < 1 || maxTokens < 2 || clipNorm < 0) {
            throw new IllegalArgumentException(
                    "batchSize, accumulate and totalSteps must be at least 1, maxTokens at least 2,"
                            + " clipNorm at least 0");
        }
    }

    /** A plan that preserves nothing. */
    public TrainingPlan(
            Method method,
            Precision precision,
            long seed,
            int batchSize,
            int accumulate,
            int totalSteps,
            OptimizerConfig optimizer,
            LearningRate learningRate,
            double clipNorm,
            Set<Integer> frozenLayers,
            int maxTokens) {
        this(
                method,
                precision,
                seed,
                batchSize,
                accumulate,
                totalSteps,
                optimizer,
                learningRate,
                clipNorm,
                frozenLayers,
                maxTokens,
                Preservation.NONE);
    }

    /** The same training with something that keeps earlier skills. */
    public TrainingPlan with(Preservation other) {
        return new TrainingPlan(
                method,
                precision,
                seed,
                batchSize,
                accumulate,
                totalSteps,
                optimizer,
                learningRate,
                clipNorm,
                frozenLayers,
                maxTokens,
                other);
    }

    /** Optimizer steps that some epochs take; the last step of an epoch may be smaller. */
    public static int stepsFor(int epochs, int rows, int batchSize, int accumulate) {
        int perStep = Math.multiplyExact(batchSize, accumulate);
        return Math.multiplyExact(epochs, (rows + perStep - 1) / perStep);
    }

    /** Rows of one optimizer step. */
    public int rowsPerStep() {
        return batchSize * accumulate;
    }

    /** Sha-256 of the plan, hexadecimal. Equal plans have equal digests on every machine. */
    public String digest() {
        try {
            // A record's text names every field in order, and all fields are records, numbers,
            // enums, lists or sorted sets of these.
            byte[] text = toString().getBytes(UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
