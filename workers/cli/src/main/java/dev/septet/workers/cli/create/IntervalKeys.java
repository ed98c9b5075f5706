package dev.septet.workers.cli.create;

import dev.septet.dsl.pipeline.train.CheckpointSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Translates what a training does at intervals: validations and checkpoints.
 *
 * @param config the configuration
 * @param pipeline what it becomes
 * @param standards what the tool does in a file without a word about it
 * @param steps the number of steps of the training; empty when unknown
 * @param epoch the number of steps of an epoch; empty when unknown
 * @param epochs the number of epochs; Axolotl divides all steps by it for its numbers per epoch, even with {@code max_steps}
 */
record IntervalKeys(
        ForeignConfig config,
        ImportedPipeline pipeline,
        TrainingKeys.Standards standards,
        OptionalLong steps,
        OptionalLong epoch,
        int epochs) {
    /** The default of Hugging Face's trainer. */
    static final int STANDARD_SAVE_STEPS = 500;

    private static final String UNKNOWN_EPOCH =
            "The steps of an epoch are not known here; `septet plan` prints them. Septet's default is used.";

    void translate() {
        validations();
        checkpoints();
    }

    private void validations() {
        if (pipeline.hasValidationRows()) {
            List<String> strategies = List.of("eval_strategy", "evaluation_strategy");
            String statement = "validate every: %s.steps";
            if (config.has("eval_steps")
                    || config.has("evals_per_epoch")
                    || strategies.stream().anyMatch(config::has)) {
                regularly(strategies, "eval_steps", "evals_per_epoch", statement, OptionalInt.empty());
            } else {
                config.report()
                        .standardNotTranslated(
                                "eval_strategy",
                                "Septet validates every %s steps; `validate every: N.steps` in `train` changes that."
                                        .formatted(TrainSpec.DEFAULT_VALIDATE_EVERY));
            }
            return;
        }
        for (String key : List.of("eval_strategy", "evaluation_strategy", "eval_steps", "evals_per_epoch")) {
            ConfigValue value = config.take(key);
            if (value != null) {
                config.notNeeded(
                        value,
                        "There are no validation rows. A share of `validation:` in `split` gives a validation loss.");
            }
        }
    }

    private void checkpoints() {
        Optional<String> keep = keep();
        String rest = keep.map(words -> ", " + words).orElse("");
        String statement = "checkpoint every: %s.steps" + rest;
        boolean done;
        if (config.has("save_strategy") || config.has("save_steps") || config.has("saves_per_epoch")) {
            OptionalInt standard = OptionalInt.of(STANDARD_SAVE_STEPS);
            done = regularly(List.of("save_strategy"), "save_steps", "saves_per_epoch", statement, standard);
        } else {
            done = standardCheckpoints(statement);
        }
        if (!done) {
            keep.ifPresent(words -> pipeline.train("checkpoint " + words));
        }
    }

    /** How many checkpoints are kept, as an option of {@code checkpoint}; empty for Septet's default. */
    private Optional<String> keep() {
        ConfigValue keep = config.take("save_total_limit");
        if (keep != null) {
            config.translated(keep);
            return Optional.of("keep: " + Math.max(1, keep.whole()));
        }
        if (standards.keep().isPresent()) {
            config.report().standard("save_total_limit", ForeignConfig.word("save_total_limit"));
            return Optional.of("keep: " + standards.keep().getAsInt());
        }
        config.report()
                .standardNotTranslated(
                        "save_total_limit",
                        "It keeps all checkpoints. Septet keeps the newest %s; `checkpoint keep: N` in `train` changes that."
                                .formatted(CheckpointSpec.DEFAULT.keep()));
        return Optional.empty();
    }

    /** The checkpoints of a file without a word about them. */
    private boolean standardCheckpoints(String statement) {
        if (standards.saveSteps().isPresent()) {
            pipeline.train(statement.formatted(standards.saveSteps().getAsInt()));
            config.report().standard("save_steps", ForeignConfig.word("save_steps"));
            return true;
        }
        if (epoch.isEmpty() || steps.isEmpty()) {
            config.report().standardNotTranslated("save_strategy", "It saves once per epoch. " + UNKNOWN_EPOCH);
            return false;
        }
        pipeline.train(statement.formatted(stepsOfAnEpoch()));
        config.report().standard("save_strategy", ForeignConfig.word("save_steps"));
        return true;
    }

    /** The interval of once per epoch. A training that is shorter than an epoch ends with its last step. */
    private long stepsOfAnEpoch() {
        return Math.max(1, Math.min(epoch.orElseThrow(), steps.orElseThrow()));
    }

    /**
     * Translates what a training does regularly. As in Hugging Face's trainer, the strategy decides: only the strategy
     * {@code steps}, which is also that of a file without one, reads the number of steps.
     *
     * @param standard the number of steps of a file that names the strategy {@code steps} alone; empty when it is unknown
     */
    private boolean regularly(
            List<String> strategies, String key, String perEpoch, String statement, OptionalInt standard) {
        ConfigValue strategy = strategy(strategies);
        String kind = strategy == null ? "steps" : strategy.text().toLowerCase(Locale.ROOT);
        if (strategy == null || kind.equals("steps")) {
            boolean given = config.has(key) || config.has(perEpoch);
            if (strategy != null && given) {
                config.notNeeded(strategy, "The number of steps decides.");
            } else if (strategy != null && standard.isPresent()) {
                pipeline.train(statement.formatted(standard.getAsInt()));
                config.changed(strategy, "The file has no `%s`; the other tool's default is used.".formatted(key));
                config.report().standard(key, ForeignConfig.word(key));
                return true;
            } else if (strategy != null) {
                config.notTranslated(strategy, "The file has no `%s`. Septet's default is used.".formatted(key));
            }
            return every(key, perEpoch, statement);
        }
        ConfigValue unused = config.take(key);
        if (unused != null) {
            config.notNeeded(
                    unused,
                    "`%s` decides. Hugging Face's trainer ignores `%s` then too.".formatted(strategy.key(), key));
        }
        ConfigValue often = config.take(perEpoch);
        if (often != null) {
            config.notNeeded(often, "`%s` decides.".formatted(strategy.key()));
        }
        if (!kind.equals("epoch")) {
            config.notTranslated(strategy, "Septet validates and saves regularly; the defaults cost little.");
            return false;
        }
        if (epoch.isEmpty() || steps.isEmpty()) {
            config.notTranslated(strategy, UNKNOWN_EPOCH);
            return false;
        }
        pipeline.train(statement.formatted(stepsOfAnEpoch()));
        config.changed(strategy, "Once per epoch, counted before cleaning.");
        return true;
    }

    /** The strategy under its first name in the file; null without one. */
    private @Nullable ConfigValue strategy(List<String> names) {
        ConfigValue strategy = null;
        for (String name : names) {
            ConfigValue value = config.take(name);
            if (value != null && strategy != null) {
                config.notNeeded(value, "`%s` decides.".formatted(strategy.key()));
            } else if (value != null) {
                strategy = value;
            }
        }
        return strategy;
    }

    /** Translates a number of steps, a share of all steps, or a number per epoch. */
    private boolean every(String key, String perEpoch, String statement) {
        ConfigValue value = config.take(key);
        ConfigValue often = config.take(perEpoch);
        if (value != null && often != null) {
            config.notNeeded(often, "`%s` decides.".formatted(key));
        }
        if (value != null && value.number() >= 1) {
            pipeline.train(statement.formatted(value.whole()));
            config.translated(value);
            return true;
        }
        ConfigValue share = value != null ? value : often;
        if (share == null) {
            return false;
        }
        double part =
                value != null ? value.number() : 1.0 / Math.max(1e-6, often == null ? 1 : often.number()) / epochs;
        if (steps.isEmpty() || part <= 0) {
            config.notTranslated(
                    share, "The number of steps is not known here; `septet plan` prints it. Septet's default is used.");
            return false;
        }
        pipeline.train(statement.formatted(Math.max(1, Math.round(part * steps.getAsLong()))));
        config.changed(share, String.format(Locale.ROOT, "Of %,d steps, counted before cleaning.", steps.getAsLong()));
        return true;
    }
}
