package dev.septet.workflows.setup;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.train.AdamwSpec;
import dev.septet.dsl.pipeline.train.AdapterSpec;
import dev.septet.dsl.pipeline.train.BatchSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.OptimizerSpec;
import dev.septet.dsl.pipeline.train.SgdSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one trial. A setting that is null is the one of the pipeline file.
 *
 * @param learningRate peak learning rate
 * @param rank LoRA rank; 0 = the method has none
 * @param batch rows of a micro-batch
 * @param warmup steps until the peak learning rate, in the whole training
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SearchPoint(
        double learningRate,
        int rank,
        @Nullable Integer batch,
        @Nullable Integer epochs,
        @Nullable Integer warmup,
        @Nullable Double weightDecay,
        @Nullable MethodSpec method) {
    /** The training of the pipeline file with these settings. The learning rate and the rank are not part of it. */
    public TrainSpec applyTo(TrainSpec train) {
        if (batch == null && epochs == null && warmup == null && weightDecay == null && method == null) {
            return train;
        }
        return applied(
                train,
                method == null ? train.method() : method,
                train.learningRate().peak());
    }

    /** The training of the pipeline file with all of these settings, for people. */
    public TrainSpec applyAllTo(TrainSpec train) {
        MethodSpec used = method == null ? train.method() : method;
        return applied(
                train, rank > 0 && used instanceof AdapterSpec adapter ? adapter.withRank(rank) : used, learningRate);
    }

    private TrainSpec applied(TrainSpec train, MethodSpec used, double peak) {
        LearningRateSpec rate = train.learningRate();
        return new TrainSpec(
                used,
                epochs == null ? train.epochs() : epochs,
                train.steps(),
                batch(train),
                weightDecay == null ? train.optimizer() : decaying(train.optimizer(), weightDecay),
                new LearningRateSpec(rate.shape(), peak, warmup == null ? rate.warmup() : warmup),
                train.clip(),
                train.checkpoint(),
                train.validateEvery(),
                train.stop(),
                train.onNonFinite(),
                train.preserve(),
                train.objective(),
                train.by(),
                train.onWarning(),
                train.policy());
    }

    /** The batch of a step. */
    public BatchSpec batch(TrainSpec train) {
        return batch == null
                ? train.batch()
                : new BatchSpec(batch, train.batch().accumulate());
    }

    private static OptimizerSpec decaying(OptimizerSpec optimizer, double decay) {
        if (optimizer instanceof AdamwSpec adamw) {
            return new AdamwSpec(decay, adamw.beta1(), adamw.beta2(), adamw.epsilon());
        }
        return optimizer instanceof SgdSpec sgd ? new SgdSpec(sgd.momentum(), decay) : optimizer;
    }

    /** The settings for people, such as {@code learning rate 1.0E-4, rank 8, batch 4}. */
    public String words() {
        List<String> words = new ArrayList<>(List.of("learning rate " + learningRate));
        if (method != null) {
            words.add(name(method));
        }
        if (rank > 0) {
            words.add("rank " + rank);
        }
        add(words, "batch", batch);
        add(words, "epochs", epochs);
        add(words, "warmup", warmup);
        add(words, "weight decay", weightDecay);
        return String.join(", ", words);
    }

    private static void add(List<String> words, String name, @Nullable Number value) {
        if (value != null) {
            words.add(name + " " + value);
        }
    }

    /** The method's word, with its alpha, because trials may differ in it alone. */
    private static String name(MethodSpec method) {
        String word = SpecJson.mapper().valueToTree(method).path("type").asText();
        return method instanceof AdapterSpec adapter
                ? "%s (alpha %s)".formatted(word, adapter.adapter().alpha())
                : word;
    }
}
