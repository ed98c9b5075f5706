package dev.septet.activities.prepare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.prepare.duplicate.LeakageCheck;
import dev.septet.activities.prepare.split.BalancedClasses;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.activities.prepare.synthetic.SyntheticCounts;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.DatasetRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
 * @param balance classes of the training split; null when they are not balanced
 * @param sources each source, in the order of the pipeline file; empty for one source without
 *     options
 * @param cleaning what the declared steps of cleaning found; null without any
 * @param leakage rows that are similar to a row of another split; null when the pipeline file declares no check
 * @param fold the fold whose rows test, from 1; 0 for the declared shares
 * @param synthetic rows that were made from training rows; null without any
 * @param forgotten how rows were forgotten; null when all were found by their records, or none is
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
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable General general,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable BalancedClasses balance,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<SourceCard> sources,
        @JsonInclude(JsonInclude.Include.NON_NULL) CleaningSteps.@Nullable Findings cleaning,
        @JsonInclude(JsonInclude.Include.NON_NULL) LeakageCheck.@Nullable Counts leakage,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int fold,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SyntheticCounts synthetic,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Forgotten forgotten) {
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

    /** The kept and read rows that were removed, by step, as {@link DatasetRef#removedRows} has them. */
    Map<String, Long> removed() {
        Map<String, Long> removed = new LinkedHashMap<>(rows.removed());
        if (leakage != null && leakage.removed() > 0) {
            removed.put(DatasetRef.LEAKAGE, leakage.removed());
        }
        return removed;
    }

    /**
     * Changes by a retraining. It keeps all rows of its source, because it starts from the base
     * model, which has seen none of them.
     *
     * @param reviewed whether the read rows include reviewed rows
     */
    public record Mixed(boolean reviewed) {}

    /**
     * How the rows that were asked to be forgotten were found.
     *
     * @param records number of records in the pipeline's list of forgotten rows
     * @param texts number of rows' texts in it
     * @param byRecord rows that were left out because of their record
     * @param byText rows that were left out because of their texts: their records are other ones
     */
    public record Forgotten(long records, long texts, long byRecord, long byText) {
        /** What the card says; null when an earlier version's card says all of it. */
        static @Nullable Forgotten of(ForgottenRows list, long all, long byText) {
            boolean none = all == 0 && !list.isEmpty();
            return none || !list.contents().isEmpty()
                    ? new Forgotten(list.digests().size(), list.contents().size(), all - byText, byText)
                    : null;
        }

        /** Number of forgotten rows when the sources have none of them; else 0. */
        long notFound() {
            return byRecord + byText == 0 ? Math.max(records, texts) : 0;
        }
    }

    /**
     * Rows of general capability.
     *
     * @param lossTokens tokens with a loss when the rows are replayed
     * @param longestRow tokens of the longest row
     */
    public record General(String file, String sha256, long rows, long tokens, long lossTokens, int longestRow) {}

    /**
     * One of several sources.
     *
     * @param licence the licence that the pipeline file declares; null when it declares none
     * @param commit the commit of a dataset of the Hub; null for any other source
     * @param files number of files
     * @param sha256 digest of the file, or of the names and digests of several files
     * @param format the format of the rows
     * @param rows counts of the rows; duplicates count for the later source
     * @param overLimit kept rows that {@code limit:} left out
     * @param overShare kept rows that were left out of the training split to reach {@code share:}
     * @param splits rows in each split, each as often as it occurs
     */
    public record SourceCard(
            String name,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String licence,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String commit,

            int files,
            long bytes,
            String sha256,
            String format,
            Rows rows,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long overLimit,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long overShare,
            Map<String, Long> splits) {}

    /** The source file and the format of its rows. */
    public record Source(String file, String sha256, long bytes, String format) {}

    /**
     * Row counts: read = kept + quarantined + duplicates + dropped + filtered + droppedLong + withoutConsent + lowQuality
     * + nearDuplicates + contaminated + unlabelled + forgotten.
     *
     * @param dropped rows dropped because of personal data
     * @param filtered rows excluded by the pipeline's filters
     * @param droppedLong rows dropped because they are longer than {@code maxTokens}
     * @param truncated kept rows that were truncated to {@code maxTokens} tokens
     * @param withoutConsent rows whose field of consent is not true
     * @param lowQuality rows whose text does not meet a quality rule
     * @param nearDuplicates rows that are similar to an earlier row
     * @param contaminated rows that are also in a test
     * @param unlabelled rows for which no labelling function decides
     * @param forgotten rows that were asked to be forgotten
     */
    public record Rows(
            long read,
            long kept,
            long quarantined,
            long duplicates,
            long dropped,
            long filtered,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long droppedLong,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long truncated,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long withoutConsent,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long lowQuality,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long nearDuplicates,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long contaminated,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long unlabelled,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long forgotten) {
        /** Counts without rows that the declared steps of cleaning removed. */
        public Rows(
                long read,
                long kept,
                long quarantined,
                long duplicates,
                long dropped,
                long filtered,
                long droppedLong,
                long truncated) {
            this(read, kept, quarantined, duplicates, dropped, filtered, droppedLong, truncated, 0, 0, 0, 0, 0, 0);
        }

        /**
         * The rows that the declared steps of cleaning removed, by step in the order of the steps; only steps that removed
         * rows.
         */
        public Map<String, Long> removed() {
            List<Long> counts =
                    List.of(withoutConsent, lowQuality, nearDuplicates, contaminated, unlabelled, forgotten);
            Map<String, Long> steps = new LinkedHashMap<>();
            for (int i = 0; i < counts.size(); i++) {
                if (counts.get(i) > 0) {
                    steps.put(DatasetRef.REMOVING_STEPS.get(i), counts.get(i));
                }
            }
            return steps;
        }

        /** Counts without rows that are too long. */
        public Rows(long read, long kept, long quarantined, long duplicates, long dropped, long filtered) {
            this(read, kept, quarantined, duplicates, dropped, filtered, 0, 0);
        }

        /** The rows since an earlier count. */
        Rows since(Rows earlier) {
            return new Rows(
                    read - earlier.read,
                    kept - earlier.kept,
                    quarantined - earlier.quarantined,
                    duplicates - earlier.duplicates,
                    dropped - earlier.dropped,
                    filtered - earlier.filtered,
                    droppedLong - earlier.droppedLong,
                    truncated - earlier.truncated,
                    withoutConsent - earlier.withoutConsent,
                    lowQuality - earlier.lowQuality,
                    nearDuplicates - earlier.nearDuplicates,
                    contaminated - earlier.contaminated,
                    unlabelled - earlier.unlabelled,
                    forgotten - earlier.forgotten);
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
