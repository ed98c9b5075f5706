package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A prepared dataset: normalised rows and their tokens, split.
 *
 * @param artifact folder with {@code train.jsonl}, {@code validation.jsonl}, {@code test.jsonl}, their
 *     {@code .safetensors} token files, {@code quarantine.jsonl}, {@code card.json}
 * @param trainTokens tokens of the training split, including those without loss
 * @param trainLossTokens tokens of the training split whose prediction is learned
 * @param general rows of general skills beside the splits; null without any
 * @param longestRow tokens of the longest row of any split
 * @param reviewedRows rows read that reviewers made from the pipeline's feedback
 * @param droppedLongRows rows that were dropped because they are longer than {@code maxTokens}
 * @param truncatedRows kept rows that were cut after {@code maxTokens} tokens
 * @param removedRows rows that further steps of cleaning removed, by step: a part of {@link #REMOVING_STEPS}
 * @param lineage folder with {@code lineage.jsonl}: where each row comes from, and its digests. It does not take part in
 *     keys of stages. Null for a dataset of a version that did not trace rows
 * @param forgottenNotFound number of rows in the pipeline's list of forgotten rows, when the sources have none of them; else 0
 */
public record DatasetRef(
        ArtifactRef artifact,
        long trainRows,
        long validationRows,
        long testRows,
        long trainTokens,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) long trainLossTokens,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable General general,
        int longestRow,
        long quarantinedRows,
        long duplicateRows,
        long redactions,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) long reviewedRows,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) long droppedLongRows,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) long truncatedRows,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Long> removedRows,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ArtifactRef lineage,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) long forgottenNotFound,
        Origin origin)
        implements HasOrigin {
    /** The step of {@code leakage remove}. */
    public static final String LEAKAGE = "near-duplicates of another split";

    /** The rows that {@code septet data forget} left out. */
    public static final String FORGOTTEN = "forgotten";

    /** The warning about {@code forgottenNotFound}; null without one. */
    public @Nullable String forgottenWarning() {
        return forgottenNotFound == 0
                ? null
                : String.format(
                        Locale.ROOT,
                        "%,d rows are forgotten, none was found in the sources: they were deleted there, or their"
                                + " records changed",
                        forgottenNotFound);
    }

    /** The further steps of cleaning, in their order. */
    public static final List<String> REMOVING_STEPS = List.of(
            "without consent",
            "of low quality",
            "near-duplicates",
            "also in a test",
            "without a label",
            FORGOTTEN,
            LEAKAGE);

    public DatasetRef {
        removedRows = removedRows == null ? Map.of() : Collections.unmodifiableSortedMap(new TreeMap<>(removedRows));
    }

    /** A dataset from which no further step removed rows. */
    public DatasetRef(
            ArtifactRef artifact,
            long trainRows,
            long validationRows,
            long testRows,
            long trainTokens,
            long trainLossTokens,
            @Nullable General general,
            int longestRow,
            long quarantinedRows,
            long duplicateRows,
            long redactions,
            long reviewedRows,
            long droppedLongRows,
            long truncatedRows,
            Origin origin) {
        this(
                artifact,
                trainRows,
                validationRows,
                testRows,
                trainTokens,
                trainLossTokens,
                general,
                longestRow,
                quarantinedRows,
                duplicateRows,
                redactions,
                reviewedRows,
                droppedLongRows,
                truncatedRows,
                Map.of(),
                null,
                0,
                origin);
    }

    /**
     * Rows of general skills.
     *
     * @param lossTokens their tokens whose prediction is learned when they are replayed
     */
    public record General(long rows, long lossTokens) {}

    /** A dataset without general rows, reviewed rows, and dropped or truncated rows. */
    public DatasetRef(
            ArtifactRef artifact,
            long trainRows,
            long validationRows,
            long testRows,
            long trainTokens,
            int longestRow,
            long quarantinedRows,
            long duplicateRows,
            long redactions,
            Origin origin) {
        this(
                artifact,
                trainRows,
                validationRows,
                testRows,
                trainTokens,
                0,
                null,
                longestRow,
                quarantinedRows,
                duplicateRows,
                redactions,
                0,
                0,
                0,
                origin);
    }
}
