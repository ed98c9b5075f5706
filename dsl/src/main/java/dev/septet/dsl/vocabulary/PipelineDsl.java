package dev.septet.dsl.vocabulary;

import java.util.function.Consumer;

/** The seven stages of a pipeline. Only prepare, initialize and train must be said. */
public final class PipelineDsl {
    private final PipelineDraft draft;

    PipelineDsl(PipelineDraft draft) {
        this.draft = draft;
    }

    /** What the pipeline is for, in a sentence. */
    @Example("description 'Answers support tickets'")
    public void description(@Example("'Answers support tickets'") String text) {
        draft.description = text;
    }

    /** Dataset preparation: which rows the model learns from, cleaned and split. */
    @Required
    @Example("prepare { dataset 'data/rows.jsonl' }")
    public void prepare(Consumer<PrepareDsl> words) {
        var dsl = new PrepareDsl();
        words.accept(dsl);
        draft.prepare = dsl.spec();
    }

    /** Model initialisation: the base model, what it must be, what of it stays as it is. */
    @Required
    @Example("initialize { model 'models/base' }")
    public void initialize(Consumer<InitializeDsl> words) {
        var dsl = new InitializeDsl();
        words.accept(dsl);
        draft.initialize = dsl.spec();
    }

    /** Training environment: where and in which numbers the model is trained. */
    @Example("setup { precision bf16 }")
    public void setup(Consumer<SetupDsl> words) {
        var dsl = new SetupDsl();
        words.accept(dsl);
        draft.setup = dsl.spec();
    }

    /** Fine-tuning: what is trained, how long, in which steps. */
    @Required
    @Example("train { method lora() }")
    public void train(Consumer<TrainDsl> words) {
        var dsl = new TrainDsl();
        words.accept(dsl);
        draft.train = dsl.spec();
    }

    /** Evaluation: what the tuned model must reach before it is deployed. */
    @Example("evaluate { metric exactMatch, above: 0.9 }")
    public void evaluate(Consumer<EvaluateDsl> words) {
        var dsl = new EvaluateDsl();
        words.accept(dsl);
        draft.evaluate = dsl.spec();
    }

    /** Deployment: in which form the model is published, and where. */
    @Example("deploy { target directory('models/tuned') }")
    public void deploy(Consumer<DeployDsl> words) {
        var dsl = new DeployDsl();
        words.accept(dsl);
        draft.deploy = dsl.spec();
    }

    /** Monitoring: how the deployed model's prompts are watched, and what drift starts. */
    @Example("monitor { every 6.hours; log 'audit.jsonl'; drift perplexity, rise: 15.percent }")
    public void monitor(Consumer<MonitorDsl> words) {
        var dsl = new MonitorDsl();
        words.accept(dsl);
        draft.monitor = dsl.spec();
    }
}
