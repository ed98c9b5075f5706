package dev.septet.llm.train.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.optimizer.OptimizerConfig;
import dev.septet.llm.train.CachedActivations;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Everything that determines a training run, beside the model and the data.
 *
 * @param seed of data order, adapter initialisation and dropout
 * @param batchSize longest examples computed at once; of shorter ones as many as have the same
 *     tokens. An example is a row, or the pair of rows that the objective compares
 * @param accumulate how many times as many examples make one optimizer step
 * @param totalSteps optimizer steps in all
 * @param clipNorm largest global gradient norm; 0 = no clipping
 * @param frozenLayers blocks that stay as they are, counted from 0
 * @param maxTokens longest row allowed
 * @param preservation what keeps earlier skills
 * @param objective what becomes smaller
 * @param frozenOnce whether frozen blocks below all trained ones may compute once for every row
 *     what they would in every epoch; see {@link CachedActivations}
 */
public record TrainingPlan(
        Method method,
        ComputePrecision precision,
        long seed,
        int batchSize,
        int accumulate,
        int totalSteps,
        OptimizerConfig optimizer,
        LearningRate learningRate,
        double clipNorm,
        Set<Integer> frozenLayers,
        int maxTokens,
        CapabilityRetention preservation,
        Objective objective,
        boolean frozenOnce) {

    public TrainingPlan {
        frozenLayers = Collections.unmodifiableSet(new TreeSet<>(frozenLayers));
        if (batchSize < 1 || accumulate < 1 || totalSteps < 1 || maxTokens < 2 || clipNorm < 0) {
            throw new IllegalArgumentException(
                    "batchSize, accumulate and totalSteps must be at least 1, maxTokens at least 2,"
                            + " clipNorm at least 0");
        }
    }

    /** A plan that preserves nothing and makes tokens likelier. */
    public TrainingPlan(
            Method method,
            ComputePrecision precision,
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
                CapabilityRetention.NONE,
                new Objective.Likelihood(),
                false);
    }

    /** The same training with something that keeps earlier skills. */
    public TrainingPlan with(CapabilityRetention other) {
        return with(other, objective, frozenOnce);
    }

    /** The same training with another objective. */
    public TrainingPlan with(Objective other) {
        return with(preservation, other, frozenOnce);
    }

    /** The same training with frozen blocks that compute once, or in every step. */
    public TrainingPlan computingFrozenOnce(boolean once) {
        return with(preservation, objective, once);
    }

    private TrainingPlan with(CapabilityRetention preserving, Objective aim, boolean once) {
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
                preserving,
                aim,
                once);
    }

    /** Which weights of a model are trained, by name. */
    public Predicate<String> trained(ModelConfig config) {
        return name -> method.trains(name, config, frozenLayers);
    }

    /** Optimizer steps that some epochs take; the last step of an epoch may be smaller. */
    public static int stepsFor(int epochs, int examples, int batchSize, int accumulate) {
        int perStep = Math.multiplyExact(batchSize, accumulate);
        return Math.multiplyExact(epochs, (examples + perStep - 1) / perStep);
    }

    /** Examples of one optimizer step. */
    public int examplesPerStep() {
        return batchSize * accumulate;
    }

    /**
     * Sha-256 of the plan's canonical JSON, 64 hexadecimal digits; see {@link PlanJson}. Equal
     * plans have equal digests on every machine, and so have plans that differ in the precision
     * alone: that is the machine's, and parameters and moments are float32 in both.
     */
    public String digest() {
        return sha256(PlanJson.of(this));
    }

    /** Whether a digest is this plan's, made by this version or by an earlier one. */
    public boolean hasDigest(String digest) {
        return digest.equals(digest())
                || FormerPlanText.digest(this).filter(digest::equals).isPresent();
    }

    static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
