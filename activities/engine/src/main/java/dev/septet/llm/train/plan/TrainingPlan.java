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
 * All settings that determine a training run, except the model and the data.
 *
 * @param seed seed of data order, adapter initialization and dropout
 * @param batchSize number of longest examples computed at once; shorter examples are batched up to
 *     the same number of tokens. An example is a row, or the pair of rows that the objective
 *     compares
 * @param accumulate number of batches per optimizer step (gradient accumulation)
 * @param totalSteps optimizer steps in total
 * @param clipNorm maximum global gradient norm; 0 for no clipping
 * @param frozenLayers blocks that are not trained, counted from 0
 * @param maxTokens longest row allowed
 * @param retention capability retention
 * @param objective the loss that training minimizes
 * @param cacheFrozen whether the activations of frozen blocks below all trained ones may be computed
 *     once per row instead of in every epoch; see {@link CachedActivations}
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
        CapabilityRetention retention,
        Objective objective,
        boolean cacheFrozen) {

    public TrainingPlan {
        frozenLayers = Collections.unmodifiableSet(new TreeSet<>(frozenLayers));
        if (batchSize < 1 || accumulate < 1 || totalSteps < 1 || maxTokens < 2 || clipNorm < 0) {
            throw new IllegalArgumentException(
                    "batchSize, accumulate and totalSteps must be at least 1, maxTokens at least 2,"
                            + " clipNorm at least 0");
        }
    }

    /** A plan without capability retention that trains by cross-entropy. */
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

    /** This plan with other capability retention. */
    public TrainingPlan with(CapabilityRetention other) {
        return with(other, objective, cacheFrozen);
    }

    /** This plan with another objective. */
    public TrainingPlan with(Objective other) {
        return with(retention, other, cacheFrozen);
    }

    /** This plan with or without cached activations of frozen blocks. */
    public TrainingPlan cachingFrozen(boolean cache) {
        return with(retention, objective, cache);
    }

    private TrainingPlan with(CapabilityRetention otherRetention, Objective otherObjective, boolean cache) {
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
                otherRetention,
                otherObjective,
                cache);
    }

    /** Selects the trained weights of a model by name. */
    public Predicate<String> trained(ModelConfig config) {
        return name -> method.trains(name, config, frozenLayers);
    }

    /**
     * Number of optimizer steps in the given number of epochs; the last step of an epoch may be
     * smaller.
     */
    public static int stepsFor(int epochs, int examples, int batchSize, int accumulate) {
        int perStep = Math.multiplyExact(batchSize, accumulate);
        return Math.multiplyExact(epochs, (examples + perStep - 1) / perStep);
    }

    /** Number of examples in one optimizer step. */
    public int examplesPerStep() {
        return batchSize * accumulate;
    }

    /**
     * SHA-256 of the plan's canonical JSON, 64 hexadecimal digits; see {@link PlanJson}. Equal
     * plans have equal digests on every machine. Plans that differ only in the precision also have
     * equal digests. The precision depends on the machine, and parameters and moments are always
     * float32.
     */
    public String digest() {
        return sha256(PlanJson.of(this));
    }

    /** Whether this version or an earlier one computes this digest for the plan. */
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
