package dev.septet.workers.cli.create;

import dev.septet.workers.cli.create.ImportReport.Status;
import java.util.Locale;
import java.util.OptionalLong;

/** Keys about rows that both tools have. */
final class ImportedRows {
    private static final double MOST_VALIDATION = 90;

    private ImportedRows() {}

    /** The validation split: a share, or a number of rows. */
    static void validation(ForeignConfig config, ImportedPipeline pipeline, String key) {
        ConfigValue value = config.take(key);
        if (value == null) {
            config.report().standard(key, ForeignConfig.word(key));
            return;
        }
        double size = value.number();
        if (size < 1) {
            pipeline.validation(Math.min(MOST_VALIDATION, Math.round(Math.max(0, size) * 10_000) / 100.0));
            config.changed(value, "5 percent of the rows are kept apart beside it, because the gate needs test rows.");
            return;
        }
        OptionalLong rows = pipeline.rowsToSplit();
        if (rows.isPresent() && rows.getAsLong() > size) {
            double percent = Math.min(MOST_VALIDATION, Math.max(1, Math.round(1000 * size / rows.getAsLong()) / 10.0));
            pipeline.validation(percent);
            config.changed(
                    value,
                    String.format(Locale.ROOT, "Septet splits by shares; these are %s percent of the rows.", percent));
        } else {
            pipeline.validation(5);
            config.changed(
                    value, "Septet splits by shares, and the number of rows is not known here; it is 5 percent.");
        }
    }

    /** Whether prompts are learned too. */
    static void trainOnPrompts(ForeignConfig config, String key) {
        ConfigValue value = config.take(key);
        if (value == null) {
            return;
        }
        if (value.flag()) {
            config.notTranslated(
                    value,
                    "Septet learns the answers only. To learn all tokens, write the rows as plain text (`format: text`).");
        } else {
            config.report().add(value, Status.TRANSLATED, "objective in train", "Only answers are learned.");
        }
    }

    /**
     * Packing of several rows into one sequence.
     *
     * @param standard whether the tool packs the rows of a file without the key
     */
    static void packing(ForeignConfig config, String key, String length, boolean standard) {
        ConfigValue value = config.take(key);
        String note =
                ("Septet never pads, and rows never see each other. With packing, a step of the other tool has as many"
                                + " rows as fit into `%s` tokens, times the batch: multiply `size:` by `%s` / the median row,"
                                + " which `septet plan` prints.")
                        .formatted(length, length);
        if (value == null && standard) {
            config.report().standardNotTranslated(key, note);
        }
        if (value == null) {
            return;
        }
        if (value.flag()) {
            config.changed(value, note);
        } else {
            config.notNeeded(value, "It is off; Septet never pads.");
        }
    }

    static void order(ForeignConfig config, String key) {
        ConfigValue value = config.take(key);
        if (value == null) {
            return;
        }
        if (value.flag()) {
            config.notNeeded(value, "Septet shuffles the rows of every epoch.");
        } else {
            config.notTranslated(value, "Septet shuffles the rows of every epoch.");
        }
    }

    static void lengths(ForeignConfig config, String key) {
        ConfigValue value = config.take(key);
        if (value != null) {
            config.notNeeded(value, "Septet sorts the rows of a step by length, so it never pads.");
        }
    }
}
