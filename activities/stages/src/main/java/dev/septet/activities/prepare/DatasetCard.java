package dev.septet.activities.prepare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The content and origin of a prepared dataset: {@code card.json}.
 *
 * @param splits by name: train, validation, test
 * @param splitSeed together with a row's content, determines its split
 * @param redactions findings by kind; empty when redaction is off
 * @param tokenizer digest of the tokenizer's files
 * @param mixed changes by a retraining; null for any other dataset
 * @param general rows of general capability that training also reads; null without any
 */
public record DatasetCard(
        Source source,
        Rows rows,
        Map<String, SplitCard> splits,
        long splitSeed,
        Map<String, Long> redactions,
        int longestRow,
        int maxTokens,
        String tokenizer,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Mixed mixed,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable General general) {
    /** Name of the card file. */
    public static final String FILE = "card.json";

    /**
     * Length in tokens at which rows of a prepared dataset were truncated; empty when all rows are
     * whole.
     */
    public static OptionalInt cutAfter(Path dataset) throws IOException {
        Path file = dataset.resolve(FILE);
        if (!Files.exists(file)) {
            return OptionalInt.empty();
        }
        JsonNode card = SpecJson.mapper().readTree(file.toFile());
        return card.path("rows").path("truncated").asLong() == 0
                ? OptionalInt.empty()
                : OptionalInt.of(card.path("maxTokens").asInt());
    }

    SplitCard split(SplitName name) {
        return splits.getOrDefault(name.word(), new SplitCard(0, 0, 0));
    }

    /**
     * Changes by a retraining. It keeps all rows of its source, because it starts from the base
     * model, which has seen none of them.
     *
     * @param reviewed whether the read rows include reviewed rows
     */
    public record Mixed(boolean reviewed) {}

    /**
     * Rows of general capability.
     *
     * @param lossTokens tokens with a loss when the rows are replayed
     * @param longestRow tokens of the longest row
     */
    public record General(String file, String sha256, long rows, long tokens, long lossTokens, int longestRow) {}

    /**
     * The source file and the format of its rows.
     *
     * @param decidedBy why the rows have the format; null when the pipeline names it
     */
    public record Source(
            String file,
            String sha256,
            long bytes,
            String format,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String decidedBy) {}

    /**
     * Row counts: read = kept + quarantined + duplicates + dropped + filtered + droppedLong.
     *
     * @param dropped rows dropped because of personal data
     * @param filtered rows excluded by the pipeline's filters
     * @param droppedLong rows dropped because they are longer than {@code maxTokens}
     * @param truncated kept rows that were truncated to {@code maxTokens} tokens
     */
    public record Rows(
            long read,
            long kept,
            long quarantined,
            long duplicates,
            long dropped,
            long filtered,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long droppedLong,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long truncated) {
        /** Counts without rows that are too long. */
        public Rows(long read, long kept, long quarantined, long duplicates, long dropped, long filtered) {
            this(read, kept, quarantined, duplicates, dropped, filtered, 0, 0);
        }
    }

    /**
     * One split.
     *
     * @param lossTokens tokens with a loss in training or evaluation; the other tokens are context,
     *     always including a row's first token
     */
    public record SplitCard(long rows, long tokens, long lossTokens) {
        SplitCard plus(int rowTokens, int rowLossTokens) {
            return new SplitCard(rows + 1, tokens + rowTokens, lossTokens + rowLossTokens);
        }
    }
}
