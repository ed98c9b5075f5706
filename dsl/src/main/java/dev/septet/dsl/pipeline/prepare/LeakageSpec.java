package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * The check for leakage: a training row whose text is similar to a row of another split, or a validation row whose text
 * is similar to a test row.
 *
 * @param action what happens when there are such rows
 * @param similarity the smallest Jaccard similarity of two such rows, as in {@code deduplicate near:}
 * @param on the text that is compared
 */
public record LeakageSpec(Action action, double similarity, CleaningSpec.RowText on) {
    /** The smallest similarity when the pipeline file declares none. */
    public static final double DEFAULT_SIMILARITY = 0.8;

    public LeakageSpec {
        require(
                similarity >= CleaningSpec.NearDuplicates.LEAST && similarity <= 1,
                "near: must be from %s to 1, got %s; less similar rows are not near-duplicates",
                CleaningSpec.NearDuplicates.LEAST,
                similarity);
    }

    /** What happens when rows of two splits are near-duplicates. */
    public enum Action {
        /** The stage fails and names the first of these rows. */
        FAIL,
        /** The rows stay. They are counted and listed. */
        WARN,
        /** The training row, or the validation row beside a test row, is left out, counted and listed. */
        REMOVE
    }
}
