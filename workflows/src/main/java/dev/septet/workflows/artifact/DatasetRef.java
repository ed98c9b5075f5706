package dev.septet.workflows.artifact;

/**
 * A prepared dataset: normalised rows and their tokens, split.
 *
 * @param artifact folder with {@code train.jsonl}, {@code validation.jsonl}, {@code test.jsonl},
 *     their {@code .safetensors} token files, {@code quarantine.jsonl}, {@code card.json}
 * @param trainTokens tokens of the training split, those without loss included
 * @param longestRow tokens of the longest row of any split
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
        Origin origin) {}
