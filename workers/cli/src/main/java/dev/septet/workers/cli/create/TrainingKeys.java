package dev.septet.workers.cli.create;

import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.vocabulary.word.LiteralText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Translates what both tools have from transformers and PEFT: batch, epochs, optimizer, learning rate, checkpoints, the
 * words of an adapter.
 *
 * @param config the configuration
 * @param pipeline what it becomes
 * @param names the tool's names and defaults
 */
record TrainingKeys(ForeignConfig config, ImportedPipeline pipeline, Names names) {
    /**
     * The names and defaults of a tool.
     *
     * @param rate the default of {@code learning_rate}; 0 where it is required
     * @param warmupShare the default warmup as a share of the steps
     * @param standards what else the tool does in a file without a word about it
     */
    record Names(
            String batch,
            int batchDefault,
            String epochs,
            double epochsDefault,
            String scheduler,
            String schedulerDefault,
            String optimizer,
            double rate,
            double warmupShare,
            Standards standards) {}

    /**
     * What a tool does in a file without a word about it.
     *
     * @param saveSteps the steps between two checkpoints; empty for a checkpoint in every epoch
     * @param keep how many checkpoints are kept; empty for all
     * @param bf16 whether matrix products are computed in bf16
     */
    record Standards(OptionalInt saveSteps, OptionalInt keep, boolean bf16) {}

    private static final String PER_DEVICE =
            "The tool counts per device; with N devices its step has N times as many rows. Multiply `accumulate:`.";

    /** The keys that choose a number format. */
    private static final List<String> PRECISIONS =
            List.of("bf16", "bfloat16", "pure_bf16", "fp16", "float16", "float32");

    /** Axolotl's bound of its default warmup, in steps. */
    private static final int MOST_STANDARD_WARMUP = 100;

    /** Steps and rates. */
    void translate() {
        int micro = config.whole(names.batch(), names.batchDefault());
        int accumulate = accumulate(micro);
        pipeline.train("batch size: %s, accumulate: %s".formatted(Math.max(1, micro), accumulate));
        int epochs = epochs();
        Integer steps = maxSteps();
        pipeline.train(steps == null ? "epochs " + epochs : "steps " + steps);
        OptionalLong epoch = stepsOfAnEpoch(micro * accumulate);
        OptionalLong all = steps != null ? OptionalLong.of(steps) : times(epoch, epochs);
        optimizer();
        rate(all);
        double clip = config.number("max_grad_norm", 1);
        pipeline.train("clip " + LiteralText.of(Math.max(0, clip)));
        new IntervalKeys(config, pipeline, names.standards(), all, epoch, epochs).translate();
        ConfigValue patience = config.take("early_stopping_patience");
        if (patience != null) {
            pipeline.train("stop patience: " + Math.max(1, patience.whole()));
            config.translated(patience);
        }
        int seed = config.whole("seed", 42);
        pipeline.setup("seed " + seed);
        precision();
    }

    private int accumulate(int micro) {
        ConfigValue total = config.take("batch_size");
        if (total != null) {
            int accumulate = Math.max(1, total.whole() / Math.max(1, micro));
            config.changed(total, PER_DEVICE);
            return accumulate;
        }
        ConfigValue value = config.take("gradient_accumulation_steps");
        if (value == null) {
            config.report().standard("gradient_accumulation_steps", ForeignConfig.word("gradient_accumulation_steps"));
            return 1;
        }
        config.changed(value, PER_DEVICE);
        return Math.max(1, value.whole());
    }

    private int epochs() {
        ConfigValue value = config.take(names.epochs());
        if (value == null) {
            config.report().standard(names.epochs(), ForeignConfig.word(names.epochs()));
            return (int) names.epochsDefault();
        }
        double count = value.number();
        int whole = (int) Math.max(1, Math.ceil(count));
        if (whole == count) {
            config.translated(value);
        } else {
            config.changed(
                    value, "Septet trains whole epochs, so it was rounded up; write `steps N` for a part of an epoch.");
        }
        return whole;
    }

    private @Nullable Integer maxSteps() {
        ConfigValue value = config.take("max_steps");
        if (value == null) {
            return null;
        }
        if (value.whole() <= 0) {
            config.notNeeded(value, "The epochs decide.");
            return null;
        }
        config.translated(value);
        return value.whole();
    }

    private OptionalLong stepsOfAnEpoch(int rowsOfAStep) {
        OptionalLong rows = pipeline.trainingRows();
        return rows.isEmpty() || rows.getAsLong() == 0
                ? OptionalLong.empty()
                : OptionalLong.of((rows.getAsLong() + rowsOfAStep - 1) / Math.max(1, rowsOfAStep));
    }

    private static OptionalLong times(OptionalLong steps, int epochs) {
        return steps.isEmpty() ? steps : OptionalLong.of(steps.getAsLong() * epochs);
    }

    private void optimizer() {
        List<String> words = new ArrayList<>();
        add(words, "weight_decay", "weightDecay", 0);
        add(words, "adam_beta1", "beta1", 0.9);
        add(words, "adam_beta2", "beta2", 0.999);
        add(words, "adam_epsilon", "epsilon", 1e-8);
        String block = words.isEmpty() ? "()" : " { " + String.join("; ", words) + " }";
        ConfigValue value = config.take(names.optimizer());
        if (value == null) {
            config.report().standard(names.optimizer(), "optimizer in train");
            pipeline.train("optimizer adamw" + block);
            return;
        }
        String name = value.text().toLowerCase(Locale.ROOT);
        if (name.equals("sgd")) {
            pipeline.train("optimizer sgd()");
            config.changed(value, "The values of Adam have no meaning for it.");
        } else if (name.contains("adamw") && !name.contains("galore") && !name.contains("adopt")) {
            pipeline.train("optimizer adamw" + block);
            if (name.contains("8bit") || name.contains("4bit") || name.contains("fp8") || name.contains("paged")) {
                config.changed(value, "The same update rule; Septet keeps the moments in float32.");
            } else {
                config.translated(value);
            }
        } else {
            pipeline.train("optimizer adamw" + block);
            config.notTranslated(
                    value, "Septet's optimizers are `adamw` and `sgd`. The pipeline has `adamw`; try other rates.");
        }
    }

    private void add(List<String> words, String key, String word, double standard) {
        ConfigValue value = config.take(key);
        if (value != null) {
            config.translated(value);
            if (value.number() != standard) {
                words.add(word + " " + LiteralText.of(value.number()));
            }
        }
    }

    private void rate(OptionalLong steps) {
        ConfigValue value = config.take("learning_rate");
        double peak = names.rate();
        if (value != null) {
            peak = value.number();
            config.translated(value);
        } else {
            config.report().standard("learning_rate", "learningRate in train");
        }
        String shape = shape();
        int warmup = warmup(steps);
        pipeline.train("learningRate %s(%s%s%s)"
                .formatted(
                        shape,
                        shape.equals("constant") ? "" : "peak: ",
                        LiteralText.of(peak == 0 ? 2e-4 : peak),
                        warmup == 0 ? "" : ", warmup: " + warmup + ".steps"));
    }

    private String shape() {
        ConfigValue value = config.take(names.scheduler());
        if (value == null) {
            config.report().standard(names.scheduler(), "learningRate in train");
            return names.schedulerDefault();
        }
        String shape = value.text().toLowerCase(Locale.ROOT);
        switch (shape) {
            case "cosine", "linear", "constant" -> config.translated(value);
            case "constant_with_warmup" -> {
                config.translated(value);
                return "constant";
            }
            default -> {
                config.notTranslated(
                        value,
                        "Septet's schedules are `constant`, `linear` and `cosine`. The pipeline has `cosine`; choose the"
                                + " nearest one.");
                return "cosine";
            }
        }
        return shape;
    }

    private int warmup(OptionalLong steps) {
        ConfigValue count = config.take("warmup_steps");
        ConfigValue share = config.take("warmup_ratio");
        if (count != null && count.number() >= 1) {
            config.translated(count);
            if (share != null) {
                config.notNeeded(share, "`warmup_steps` decides.");
            }
            return count.whole();
        }
        ConfigValue value = share != null ? share : count;
        if (share != null && count != null) {
            config.notNeeded(count, "`warmup_ratio` decides.");
        }
        if (value == null) {
            return standardWarmup(steps);
        }
        double ratio = value.number();
        if (ratio <= 0) {
            config.translated(value);
            return 0;
        }
        if (steps.isEmpty()) {
            config.notTranslated(value, unknownWarmup(ratio));
            return 0;
        }
        config.changed(
                value,
                String.format(
                        Locale.ROOT,
                        "Of %,d steps, counted before rows are cleaned; `septet plan` prints the exact number.",
                        steps.getAsLong()));
        return (int) Math.max(1, Math.round(ratio * steps.getAsLong()));
    }

    /** The warmup of a file without a word about it. */
    private int standardWarmup(OptionalLong steps) {
        double ratio = names.warmupShare();
        if (ratio > 0 && steps.isEmpty()) {
            config.report().standardNotTranslated("warmup_ratio", unknownWarmup(ratio));
            return 0;
        }
        config.report().standard("warmup_ratio", "learningRate in train");
        return ratio <= 0
                ? 0
                : (int) Math.max(1, Math.min(MOST_STANDARD_WARMUP, Math.round(ratio * steps.getAsLong())));
    }

    private static String unknownWarmup(double ratio) {
        return String.format(
                Locale.ROOT,
                "It is a share of the steps, which are not known here, so the pipeline has no warmup. `septet plan` prints"
                        + " the steps: write %s of them as `warmup: N.steps`.",
                LiteralText.of(ratio));
    }

    private void precision() {
        boolean bf16 = false;
        if (PRECISIONS.stream().noneMatch(config::has)) {
            config.report().standard("bf16", ForeignConfig.word("bf16"));
            bf16 = names.standards().bf16();
        }
        for (String key : List.of("bf16", "bfloat16", "pure_bf16")) {
            ConfigValue value = config.set(key);
            if (value != null) {
                bf16 = true;
                if (key.equals("pure_bf16")) {
                    config.changed(value, "Septet keeps the trained parameters in float32.");
                } else {
                    config.translated(value);
                }
            }
        }
        for (String key : List.of("fp16", "float16")) {
            ConfigValue value = config.set(key);
            if (value != null) {
                bf16 = true;
                config.changed(value, "Septet's 16-bit format is bf16, which needs no loss scaling.");
            }
        }
        ConfigValue full = config.set("float32");
        if (full != null) {
            config.translated(full);
        }
        pipeline.setup("precision " + (bf16 ? "bf16" : "float32"));
    }

    /** The words of an adapter, whose method {@link ImportedPipeline#adapter} has named before. */
    void adapter(String rankKey, int rankDefault, String dora, String rslora) {
        int rank = config.whole(rankKey, rankDefault);
        pipeline.adapterWord("rank " + Math.max(1, rank));
        ConfigValue alpha = config.take("lora_alpha");
        if (alpha == null) {
            config.report().standard("lora_alpha", ForeignConfig.word("lora_alpha"));
        } else {
            config.translated(alpha);
        }
        pipeline.adapterWord("alpha " + LiteralText.of(alpha == null ? 2.0 * Math.max(1, rank) : alpha.number()));
        ConfigValue dropout = config.take("lora_dropout");
        if (dropout != null) {
            config.translated(dropout);
            if (dropout.number() > 0) {
                pipeline.adapterWord("dropout " + LiteralText.of(dropout.number()));
            }
        }
        ConfigValue stable = config.set(rslora);
        if (stable != null) {
            pipeline.adapterWord("scaling rankStabilized");
            config.translated(stable);
        }
        ConfigValue ratio = config.take("loraplus_lr_ratio");
        if (ratio != null) {
            pipeline.adapterWord("rateRatio " + LiteralText.of(Math.max(1, ratio.number())));
            config.translated(ratio);
        }
        ConfigValue magnitude = config.set(dora);
        if (magnitude != null && pipeline.quantized()) {
            config.notTranslated(
                    magnitude,
                    "Septet has no DoRA on a base model in 4 bits. The pipeline keeps `qlora`, without magnitudes; `method"
                            + " dora` has them, and needs the memory of an unquantized base model.");
        } else if (magnitude != null) {
            pipeline.adapter("dora");
            config.translated(magnitude);
        }
    }

    /** The linear layers with an adapter. */
    void targets(ConfigValue value) {
        List<String> layers = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (ConfigValue item : value.items()) {
            for (String layer : item.text().split("[, ]+")) {
                String last = layer.substring(layer.lastIndexOf('.') + 1);
                if (layer.equals("all") || layer.equals("all-linear")) {
                    layers.addAll(LoraSpec.ALL_LINEAR);
                } else if (LoraSpec.ALL_LINEAR.contains(last)) {
                    layers.add(last);
                } else {
                    others.add(layer);
                }
            }
        }
        List<String> distinct = layers.stream().distinct().toList();
        if (!distinct.isEmpty() && distinct.size() < LoraSpec.ALL_LINEAR.size()) {
            pipeline.adapterWord("targets "
                    + String.join(
                            ", ", distinct.stream().map(PipelineText::quoted).toList()));
        }
        if (others.isEmpty()) {
            config.translated(value);
        } else if (distinct.isEmpty()) {
            config.notTranslated(
                    value,
                    "None of these is a linear layer of a decoder block; the pipeline adapts all of %s."
                            .formatted(String.join(", ", LoraSpec.ALL_LINEAR)));
        } else {
            config.changed(
                    value,
                    "Without %s: adapters are for %s only."
                            .formatted(String.join(", ", others), String.join(", ", LoraSpec.ALL_LINEAR)));
        }
    }
}
