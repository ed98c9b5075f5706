package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * A prepared dataset: normalised rows and their tokens, split.
 *
 * @param artifact folder with {@code train.jsonl}, {@code validation.jsonl}, {@code test.jsonl},
 *     their {@code .safetensors} token files, {@code quarantine.jsonl}, {@code card.json}
 * @param trainTokens tokens of the training split, those without loss included
 * @param longestRow tokens of the longest row of any split
 * @param reviewedRows rows that reviewers made of the pipeline's feedback, among those read
 */
public record DatasetRef(
        ArtifactRef artifact,
        long trainRows,
        long validationRows,
        long testRows,
        long trainTokens,
        int longestRow,
        long quarantinedRows,
        long duplicateRows,
        long redactions,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) long reviewedRows,
        Origin origin) {
    /** One without reviewed rows. */
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
                longestRow,
                quarantinedRows,
                duplicateRows,
                redactions,
                0,
                origin);
    }
}
