package dev.septet.workers.cli.create;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Translates what a training does at intervals: validations and checkpoints.
 *
 * @param config the configuration
 * @param pipeline what it becomes
 * @param steps the number of steps of the training; empty when unknown
 * @param epoch the number of steps of an epoch; empty when unknown
 * @param epochs the number of epochs; 1 where the configuration sets a number of steps
 */
record IntervalKeys(
        ForeignConfig config, ImportedPipeline pipeline, OptionalLong steps, OptionalLong epoch, int epochs) {
    void translate() {
        validations();
        checkpoints();
    }

    private void validations() {
        if (pipeline.hasValidationRows()) {
            List<String> strategies = List.of("eval_strategy", "evaluation_strategy");
            regularly(strategies, "eval_steps", "evals_per_epoch", "validate every: %s.steps");
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
        ConfigValue keep = config.take("save_total_limit");
        if (keep != null) {
            config.translated(keep);
        }
        String rest = keep == null ? "" : ", keep: " + Math.max(1, keep.whole());
        boolean done = regularly(
                List.of("save_strategy"), "save_steps", "saves_per_epoch", "checkpoint every: %s.steps" + rest);
        if (!done && keep != null) {
            pipeline.train("checkpoint keep: " + Math.max(1, keep.whole()));
        }
    }

    /**
     * Translates what a training does regularly. As in Hugging Face's trainer, the strategy decides: only the strategy
     * {@code steps}, which is also that of a file without one, reads the number of steps.
     */
    private boolean regularly(List<String> strategies, String key, String perEpoch, String statement) {
        ConfigValue strategy = strategy(strategies);
        String kind = strategy == null ? "steps" : strategy.text().toLowerCase(Locale.ROOT);
        if (strategy == null || kind.equals("steps")) {
            boolean given = config.has(key) || config.has(perEpoch);
            if (strategy != null && given) {
                config.notNeeded(strategy, "The number of steps decides.");
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
            config.notTranslated(
                    strategy,
                    "The steps of an epoch are not known here; `septet plan` prints them. Septet's default is used.");
            return false;
        }
        // A training that is shorter than an epoch ends with its last step.
        long interval = Math.min(epoch.getAsLong(), steps.getAsLong());
        pipeline.train(statement.formatted(Math.max(1, interval)));
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
