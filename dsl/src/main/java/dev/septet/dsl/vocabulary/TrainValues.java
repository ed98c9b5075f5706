package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.train.AdamwSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec.Shape;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import dev.septet.dsl.pipeline.train.OptimizerSpec;
import dev.septet.dsl.pipeline.train.SgdSpec;
import dev.septet.dsl.pipeline.train.SupervisedSpec;
import dev.septet.dsl.pipeline.train.UnsupervisedSpec;
import dev.septet.dsl.vocabulary.backend.BedrockDsl;
import dev.septet.dsl.vocabulary.backend.KubernetesDsl;
import dev.septet.dsl.vocabulary.backend.OpenAiDsl;
import dev.septet.dsl.vocabulary.backend.SageMakerDsl;
import dev.septet.dsl.vocabulary.backend.SlurmDsl;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.StepCount;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Value words of {@code train}: methods, objectives, optimizers and learning-rate schedules. */
public abstract class TrainValues extends StageDsl implements MethodValues {
    TrainValues(StagePolicy policy) {
        super(policy);
    }

    /** Supervised fine-tuning: makes the answers more likely. Prompts and instructions are not learned. */
    @Example("supervised()")
    public ObjectiveSpec supervised() {
        return new SupervisedSpec();
    }

    /** Language modelling: makes all tokens of plain text more likely. */
    @Example("unsupervised()")
    public ObjectiveSpec unsupervised() {
        return new UnsupervisedSpec();
    }

    /**
     * Direct preference optimization: makes chosen answers more likely than rejected ones, relative to the model at the
     * start. Rafailov et al., 2023.
     */
    @Example("dpo { beta 0.1 }")
    public ObjectiveSpec dpo(@Nullable Consumer<DpoDsl> words) {
        if (words == null) {
            return DpoSpec.DEFAULT;
        }
        var dsl = new DpoDsl();
        words.accept(dsl);
        return dsl.spec();
    }

    /**
     * A program that the operator of the workers allows by this name, such as TRL. The options are those that the
     * operator declares for it.
     */
    @Example("command('trl', packing: true)")
    public CommandTrainerSpec command(
            @Example("'trl'") String trainer, @Option @Example("true") @Nullable Map<String, Object> options) {
        return new CommandTrainerSpec(trainer, options == null ? Map.of() : options);
    }

    /** A job of a Slurm cluster that runs an outside trainer. The worker and the cluster share the run folder. */
    @Example("slurm(command('trl')) { partition 'gpu'; nodes 2; gpus 4 }")
    public BackEndSpec slurm(
            @Example("command('trl')") CommandTrainerSpec trainer, @Nullable Consumer<SlurmDsl> words) {
        return SlurmDsl.spec(trainer, words);
    }

    /** A job of a Kubernetes cluster that runs an outside trainer. The worker and the pods share the run folder. */
    @Example("kubernetes(command('trl')) { image 'ml/trl:3'; gpus 4 }")
    public BackEndSpec kubernetes(
            @Example("command('trl')") CommandTrainerSpec trainer, @Nullable Consumer<KubernetesDsl> words) {
        return KubernetesDsl.spec(trainer, words);
    }

    /**
     * A training job of Amazon SageMaker that runs an outside trainer. The worker and the job exchange files through a
     * bucket.
     */
    @Example("sagemaker(command('trl')) { instance 'ml.g5.2xlarge'; time 12.hours }")
    public BackEndSpec sagemaker(
            @Example("command('trl')") CommandTrainerSpec trainer, @Nullable Consumer<SageMakerDsl> words) {
        return SageMakerDsl.spec(trainer, words);
    }

    /**
     * A fine-tuning job of a service with OpenAI's API. The service trains one of its own models, and answers for the
     * result. The operator of the workers declares the endpoints and their models.
     */
    @Example("openai(endpoint: 'azure', model: 'gpt-4o-mini-2024-07-18')")
    public BackEndSpec openai(
            @Option @Example("'azure'") String endpoint,
            @Option @Example("'gpt-4o-mini-2024-07-18'") String model,
            @Nullable Consumer<OpenAiDsl> words) {
        return OpenAiDsl.spec(endpoint, model, words);
    }

    /**
     * A model customization job of Amazon Bedrock. Bedrock trains one of its models, and answers for the result. The
     * operator of the workers declares the models.
     */
    @Example("bedrock(model: 'amazon.nova-micro-v1:0:128k')")
    public BackEndSpec bedrock(
            @Option @Example("'amazon.nova-micro-v1:0:128k'") String model, @Nullable Consumer<BedrockDsl> words) {
        return BedrockDsl.spec(model, words);
    }

    /** Adam with decoupled weight decay. */
    @Example("adamw { weightDecay 0.01 }")
    public OptimizerSpec adamw(@Nullable Consumer<AdamwDsl> words) {
        if (words == null) {
            return AdamwSpec.DEFAULT;
        }
        var dsl = new AdamwDsl();
        words.accept(dsl);
        return dsl.spec();
    }

    /** Stochastic gradient descent with momentum. */
    @Example("sgd { momentum 0.8 }")
    public OptimizerSpec sgd(@Nullable Consumer<SgdDsl> words) {
        if (words == null) {
            return SgdSpec.DEFAULT;
        }
        var dsl = new SgdDsl();
        words.accept(dsl);
        return dsl.spec();
    }

    /** A constant rate after a linear warmup. */
    @Example("constant(2e-4)")
    public LearningRateSpec constant(
            @Example("2e-4") double peak, @Option @Example("100.steps") @Nullable StepCount warmup) {
        return rate(Shape.CONSTANT, peak, warmup);
    }

    /** A linear decrease from the peak to 0 at the last step, after a linear warmup. */
    @Example("linear(peak: 2e-4, warmup: 100.steps)")
    public LearningRateSpec linear(
            @Option @Example("2e-4") double peak, @Option @Example("100.steps") @Nullable StepCount warmup) {
        return rate(Shape.LINEAR, peak, warmup);
    }

    /** A half cosine from the peak to 0 at the last step, after a linear warmup. */
    @Example("cosine(peak: 2e-4, warmup: 100.steps)")
    public LearningRateSpec cosine(
            @Option @Example("2e-4") double peak, @Option @Example("100.steps") @Nullable StepCount warmup) {
        return rate(Shape.COSINE, peak, warmup);
    }

    private static LearningRateSpec rate(Shape shape, double peak, @Nullable StepCount warmup) {
        Refusal.unless(
                peak > 0 && peak < 1,
                shape == Shape.CONSTANT
                        ? "the rate must be above 0 and below 1, got %s"
                        : "peak: must be above 0 and below 1, got %s",
                LiteralText.of(peak));
        return new LearningRateSpec(shape, peak, warmup == null ? 0 : warmup.count());
    }
}
