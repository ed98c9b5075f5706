package dev.septet.workers.cli.create;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** A tool whose configurations {@code septet import} reads, and the names of its keys. */
@SuppressWarnings("ImmutableEnumChecker") // its map is never written again
enum ForeignTool {
    /** Axolotl. */
    AXOLOTL("axolotl"),
    /** LLaMA-Factory; the keys of transformers' {@code TrainingArguments} belong to it. */
    LLAMA_FACTORY("llama-factory");

    private final String title;
    private final Map<String, Reason> keys;

    ForeignTool(String title) {
        this.title = title;
        this.keys = keys(title);
    }

    /** Why a key of these tools has no translation. */
    enum Reason {
        /** Keys that are translated, or whose translation depends on their value. */
        OTHER(false, "Septet has no word for it."),
        TRACKING(true, "Every step is in the training's ledger; `septet report` shows curves and scores."),
        MEMORY(true, "Septet saves memory by itself where memory is short; `septet plan` shows how much it needs."),
        KERNELS(true, "Septet chooses its own kernels."),
        LOADER(true, "Septet prepares the data once, stores it, and resumes by itself."),
        INFERENCE(true, "It does not change the training. `septet serve` has its own options."),
        SECRET(false, "Secrets are not read from configurations; set them in the environment of the worker."),
        DISTRIBUTED(
                false,
                "Septet's engine trains on one card. For several cards, let another program train: `by command(...)`,"
                        + " `by slurm(...)` or `by kubernetes(...)` in `train`."),
        HUB(false, "Septet uploads nothing. `target huggingface('models/hub')` writes the folder to upload."),
        MEDIA(false, "Septet's engine trains on text only."),
        OPTIMIZER(false, "Septet's optimizers are `adamw` and `sgd`."),
        SCHEDULE(false, "Septet's schedules are `constant`, `linear` and `cosine`, which end at 0."),
        RL(false, "Of the objectives with preferences, Septet has `dpo` with `beta` only."),
        ADAPTER(false, "Septet's adapters have `rank`, `alpha`, `dropout`, `targets`, `scaling` and `rateRatio` only."),
        TOKENS(false, "Septet uses the tokenizer and the config of the base model as they are."),
        TEMPLATE(
                false,
                "Septet uses the base model's own chat template. If the model was to learn another one, put it into the"
                        + " base model's tokenizer_config.json."),
        QUANTIZED(
                false,
                "Septet's method `qlora` has its own 4-bit format; `quantize` in `deploy` writes smaller files."),
        LOSS(false, "Septet computes the plain cross-entropy of the answers.");

        private final boolean needless;
        private final String text;

        Reason(boolean needless, String text) {
            this.needless = needless;
            this.text = text;
        }

        /** Whether the pipeline means the same without the key. */
        boolean needless() {
            return needless;
        }

        String text() {
            return text;
        }
    }

    /** Its name on the command line. */
    String title() {
        return title;
    }

    /** All names of keys, with the reason why one has no translation. */
    Map<String, Reason> keys() {
        return keys;
    }

    private static Map<String, Reason> keys(String title) {
        Map<String, Reason> keys = new TreeMap<>();
        try (InputStream in = Objects.requireNonNull(ForeignTool.class.getResourceAsStream(title + ".keys"))) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(": ", 2))
                    .forEach(line -> Arrays.stream(line[1].split(" "))
                            .forEach(key -> keys.put(key, Reason.valueOf(line[0].toUpperCase(Locale.ROOT)))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(keys);
    }
}
