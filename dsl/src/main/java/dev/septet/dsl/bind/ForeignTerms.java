package dev.septet.dsl.bind;

import dev.septet.dsl.pipeline.prepare.RedactSpec;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Words of other tools (Hugging Face's Trainer, TRL, PEFT, Axolotl, LLaMA-Factory), and Septet's words for them. */
public final class ForeignTerms {
    /** Septet's block, word and optional option, such as {@code train.batch.size:}. */
    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("finetune", "pipeline.train"),
            Map.entry("finetuning", "pipeline.train"),
            Map.entry("training", "pipeline.train"),
            Map.entry("sft", "pipeline.train"),
            Map.entry("data", "pipeline.prepare"),
            Map.entry("preprocess", "pipeline.prepare"),
            Map.entry("eval", "pipeline.evaluate"),
            Map.entry("evaluation", "pipeline.evaluate"),
            Map.entry("publish", "pipeline.deploy"),
            Map.entry("monitoring", "pipeline.monitor"),
            Map.entry("cron", "pipeline.schedule.cron:"),
            Map.entry("datasets", "prepare.dataset"),
            Map.entry("trainfile", "prepare.dataset"),
            Map.entry("maxseqlength", "prepare.maxTokens"),
            Map.entry("maxlength", "prepare.maxTokens"),
            Map.entry("sequencelen", "prepare.maxTokens"),
            Map.entry("cutofflen", "prepare.maxTokens"),
            Map.entry("truncation", "prepare.maxTokens.longer:"),
            Map.entry("excesslengthstrategy", "prepare.maxTokens.longer:"),
            Map.entry("valsetsize", "prepare.split.validation:"),
            Map.entry("testsize", "prepare.split.test:"),
            Map.entry("basemodel", "initialize.model"),
            Map.entry("modelname", "initialize.model"),
            Map.entry("modelnameorpath", "initialize.model"),
            Map.entry("dtype", "setup.precision"),
            Map.entry("torchdtype", "setup.precision"),
            Map.entry("bf16", "setup.precision"),
            Map.entry("fp16", "setup.precision"),
            Map.entry("gpus", "setup.resources.gpus:"),
            Map.entry("sweep", "setup.search"),
            Map.entry("adapter", "train.method"),
            Map.entry("lr", "train.learningRate"),
            Map.entry("learningrate", "train.learningRate"),
            Map.entry("lrscheduler", "train.learningRate"),
            Map.entry("lrschedulertype", "train.learningRate"),
            Map.entry("warmup", "train.learningRate"),
            Map.entry("warmupsteps", "train.learningRate"),
            Map.entry("warmupratio", "train.learningRate"),
            Map.entry("batchsize", "train.batch.size:"),
            Map.entry("microbatchsize", "train.batch.size:"),
            Map.entry("perdevicetrainbatchsize", "train.batch.size:"),
            Map.entry("gradientaccumulationsteps", "train.batch.accumulate:"),
            Map.entry("numtrainepochs", "train.epochs"),
            Map.entry("numepochs", "train.epochs"),
            Map.entry("maxsteps", "train.steps"),
            Map.entry("optim", "train.optimizer"),
            Map.entry("maxgradnorm", "train.clip"),
            Map.entry("savesteps", "train.checkpoint.every:"),
            Map.entry("savetotallimit", "train.checkpoint.keep:"),
            Map.entry("evalsteps", "train.validate"),
            Map.entry("earlystoppingpatience", "train.stop.patience:"),
            Map.entry("earlystopping", "train.stop"),
            Map.entry("r", "lora.rank"),
            Map.entry("lorar", "lora.rank"),
            Map.entry("lorarank", "lora.rank"),
            Map.entry("loraalpha", "lora.alpha"),
            Map.entry("loradropout", "lora.dropout"),
            Map.entry("targetmodules", "lora.targets"),
            Map.entry("loratargetmodules", "lora.targets"),
            Map.entry("loratarget", "lora.targets"),
            Map.entry("userslora", "lora.scaling"),
            Map.entry("usedora", "train.method"),
            Map.entry("loadin4bit", "train.method"),
            Map.entry("bnb4bitquanttype", "train.method"),
            Map.entry("rslora", "lora.scaling"),
            Map.entry("loraplus", "lora.rateRatio"),
            Map.entry("lorapluslrratio", "lora.rateRatio"),
            Map.entry("weightdecay", "adamw.weightDecay"),
            Map.entry("adambeta1", "adamw.beta1"),
            Map.entry("adambeta2", "adamw.beta2"),
            Map.entry("adamepsilon", "adamw.epsilon"),
            Map.entry("metrics", "evaluate.metric"),
            Map.entry("maxevalsamples", "evaluate.limit"),
            Map.entry("generationmaxlength", "evaluate.maxNewTokens"),
            Map.entry("testdatasets", "prepare.dataset.split:"),
            Map.entry("evaldataset", "prepare.dataset.split:"),
            Map.entry("maxsamples", "prepare.dataset.limit:"),
            Map.entry("interleaveprobs", "prepare.dataset.share:"),
            Map.entry("mixstrategy", "prepare.dataset.share:"),
            Map.entry("hfhuburl", "prepare.dataset"),
            Map.entry("datafiles", "prepare.dataset"),
            Map.entry("fieldmessages", "prepare.columns"),
            Map.entry("messagepropertymappings", "prepare.columns"),
            Map.entry("datasetexactdeduplication", "prepare.deduplicate"),
            Map.entry("valsize", "prepare.split.validation:"),
            Map.entry("revisionofmodel", "initialize.model.revision:"),
            Map.entry("modelrevision", "initialize.model.revision:"),
            Map.entry("bfloat16", "setup.precision"),
            Map.entry("float16", "setup.precision"),
            Map.entry("float32", "setup.precision"),
            Map.entry("purebf16", "setup.precision"),
            Map.entry("finetuningtype", "train.method"),
            Map.entry("quantizationbit", "train.method"),
            Map.entry("freezetrainablelayers", "partial.layers"),
            Map.entry("freezetrainablemodules", "train.method"),
            Map.entry("rl", "train.objective"),
            Map.entry("stage", "train.objective"),
            Map.entry("prefloss", "train.objective"),
            Map.entry("trainoninputs", "train.objective"),
            Map.entry("trainonprompt", "train.objective"),
            Map.entry("rlbeta", "dpo.beta"),
            Map.entry("dpobeta", "dpo.beta"),
            Map.entry("prefbeta", "dpo.beta"),
            Map.entry("samplepacking", "train.batch.size:"),
            Map.entry("packing", "train.batch.size:"),
            Map.entry("optimizer", "train.optimizer"),
            Map.entry("savesperepoch", "train.checkpoint.every:"),
            Map.entry("evalsperepoch", "train.validate.every:"),
            Map.entry("earlystoppingsteps", "train.stop.patience:"),
            Map.entry("loratargetlinear", "lora.targets"),
            Map.entry("peftusedora", "train.method"),
            Map.entry("peftuserslora", "lora.scaling"),
            Map.entry("outputdir", "deploy.target"),
            Map.entry("hubmodelid", "deploy.target"),
            Map.entry("quantization", "deploy.quantize"),
            Map.entry("loadin8bit", "deploy.quantize"));

    /** Settings without a word in Septet, and why none is needed. */
    private static final Map<String, String> NEEDLESS = Map.of(
            "gradientcheckpointing", "It saves memory by itself where memory is short.",
            "loggingsteps", "Every step is in the training's ledger.",
            "reportto", "Runs, losses and scores are shown in Temporal's Web UI.",
            "resumefromcheckpoint", "An interrupted training resumes automatically.",
            "chattemplate", "The base model's own template is used.",
            "savestrategy", "Write `checkpoint every: 200.steps`.",
            "evalstrategy", "Write `validate every: 100.steps`.");

    /** Kinds of personal data in other tools, and Septet's words for them. */
    private static final Map<String, String> PERSONAL_DATA =
            Map.of("names", "name", "person", "name", "per", "name", "addresses", "address", "location", "address");

    private ForeignTerms() {}

    /**
     * Septet's block, word and optional option for a word of other tools, such as {@code train.batch.size:}; empty for words that
     * Septet has no counterpart for.
     */
    public static Optional<String> path(String word) {
        return Optional.ofNullable(WORDS.get(plain(word)));
    }

    /** Why a bare word of other tools is not in this closed list; empty for words that no other tool has. */
    static Optional<String> ofValue(String word, Class<?> list) {
        return list == RedactSpec.Kind.class
                ? Optional.ofNullable(PERSONAL_DATA.get(plain(word))).map("Septet's word for it is `%s`."::formatted)
                : Optional.empty();
    }

    /** A sentence with the word to write instead; empty for words that no other tool has. */
    static Optional<String> hint(String word, String block) {
        String plain = plain(word);
        String needless = NEEDLESS.get(plain);
        if (needless != null) {
            return Optional.of("Septet has no word for it. " + needless);
        }
        return Optional.ofNullable(WORDS.get(plain)).map(wordPath -> sentence(wordPath, block));
    }

    /** Septet's word in this block; empty when it belongs to another block. */
    static Optional<String> word(String word, String block) {
        return Optional.ofNullable(WORDS.get(plain(word)))
                .map(wordPath -> wordPath.split("\\.", -1))
                .filter(wordPath -> wordPath[0].equals(block))
                .map(wordPath -> wordPath[1]);
    }

    /** Septet's word, in any block. */
    static Optional<String> word(String word) {
        return Optional.ofNullable(WORDS.get(plain(word))).map(wordPath -> wordPath.split("\\.", -1)[1]);
    }

    /** Makes {@code num_train_epochs} and {@code numTrainEpochs} equal. */
    private static String plain(String word) {
        return word.replace("_", "").toLowerCase(Locale.ROOT);
    }

    private static String sentence(String wordPath, String block) {
        String ownBlock = wordPath.substring(0, wordPath.indexOf('.'));
        String word = wordPath.substring(ownBlock.length() + 1).replace('.', ' ');
        return "Septet's word is `%s`%s.".formatted(word, ownBlock.equals(block) ? "" : ", in `" + ownBlock + "`");
    }

    /** All of Septet's words in the table, for a test that each one exists. */
    static Iterable<String> wordPaths() {
        return WORDS.values();
    }
}
