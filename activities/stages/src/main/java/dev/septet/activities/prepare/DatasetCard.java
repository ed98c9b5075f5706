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
 * What is in a prepared dataset and how it came to be: {@code card.json}.
 *
 * @param splits by name: train, validation, test
 * @param splitSeed with the rows' content, decides who goes where
 * @param redactions findings by kind; empty when nothing was looked for
 * @param tokenizer digest of the tokenizer's files
 * @param mixed what a retraining changed; null for any other dataset
 * @param general rows of general skill that training reads too; null without any
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
    /** Name of the card's file. */
    public static final String FILE = "card.json";

    /** After how many tokens rows of a prepared dataset were cut; empty where all are whole. */
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
     * What a retraining changed. It keeps all rows of its source: it starts from the base model,
     * which has seen none of them.
     *
     * @param reviewed whether reviewed rows are among those that were read
     */
    public record Mixed(boolean reviewed) {}

    /**
     * Rows of general skill.
     *
     * @param lossTokens tokens whose prediction is learned where they are replayed
     * @param longestRow tokens of the longest one
     */
    public record General(String file, String sha256, long rows, long tokens, long lossTokens, int longestRow) {}

    /** The file that was read, and the shape of its rows. */
    public record Source(String file, String sha256, long bytes, String format) {}

    /**
     * What became of the rows: read = kept + quarantined + duplicates + dropped + filtered +
     * droppedLong.
     *
     * @param dropped for the personal data in them
     * @param filtered by the pipeline's filters
     * @param droppedLong left out because they are longer than {@code maxTokens}
     * @param truncated kept ones that were cut after {@code maxTokens} tokens
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
        /** Where every row fits. */
        public Rows(long read, long kept, long quarantined, long duplicates, long dropped, long filtered) {
            this(read, kept, quarantined, duplicates, dropped, filtered, 0, 0);
        }
    }

    /**
     * One split.
     *
     * @param lossTokens tokens whose prediction is learned or judged; the rest is given, a row's
     *     first token always
     */
    public record SplitCard(long rows, long tokens, long lossTokens) {
        SplitCard plus(int rowTokens, int rowLossTokens) {
            return new SplitCard(rows + 1, tokens + rowTokens, lossTokens + rowLossTokens);
        }
    }
}
