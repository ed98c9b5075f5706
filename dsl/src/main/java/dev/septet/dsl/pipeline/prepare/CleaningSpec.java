package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rows that the stage prepare removes in addition to filters and exact duplicates, and the groups that it counts.
 *
 * @param nearDuplicates rows that are similar to an earlier row; null keeps them
 * @param decontaminate rows that are also in test files; null keeps them
 * @param quality rows whose text has a low quality; null keeps them
 * @param consent name of a field; a row in which it is not true is excluded; null excludes no row
 * @param represent groups whose rows are counted; null counts none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CleaningSpec(
        @Nullable NearDuplicates nearDuplicates,
        @Nullable Decontamination decontaminate,
        @Nullable QualitySpec quality,
        @Nullable String consent,
        @Nullable Representation represent) {
    /** Removes nothing and counts nothing. */
    public static final CleaningSpec NONE = new CleaningSpec(null, null, null, null, null);

    /** The largest length of a field's name. */
    private static final int MAX_NAME = 64;

    public CleaningSpec {
        require(consent == null || isName(consent), "consent needs the name of a field, such as 'may_train'");
    }

    private static boolean isName(String field) {
        return !field.isBlank() && field.length() <= MAX_NAME;
    }

    /**
     * Near-duplicates.
     *
     * @param similarity the smallest Jaccard similarity of two near-duplicates: the number of their common shingles
     *     divided by the number of all their shingles
     * @param on the text that is compared
     */
    public record NearDuplicates(double similarity, RowText on) {
        /** Below this similarity, unrelated rows of one language are compared too often. */
        public static final double LEAST = 0.7;

        public NearDuplicates {
            require(
                    similarity >= LEAST && similarity <= 1,
                    "near: must be from %s to 1, got %s; less similar rows are not near-duplicates",
                    LEAST,
                    similarity);
        }
    }

    /** A text of a row. */
    public enum RowText {
        /** The question of a row. */
        PROMPT,
        /** The answer of a row, or the whole of a plain text. */
        ANSWER,
        /** All texts of a row. */
        BOTH
    }

    /**
     * Removes rows that are also in a test.
     *
     * @param against paths of test files; the name of a file may have {@code *}
     * @param ngram the number of words in the sequences that a row must not share with a test row
     */
    public record Decontamination(
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> against, int ngram) {
        /**
         * As for GPT-3.
         *
         * @see <a href="https://arxiv.org/abs/2005.14165">Brown et al., 2020, appendix C</a>
         */
        public static final int DEFAULT_NGRAM = 13;

        /** The largest number of paths. */
        public static final int MAX_PATHS = 100;

        public Decontamination {
            against = List.copyOf(new ArrayList<>(new TreeSet<>(Checks.orEmpty(against))));
            require(against.size() <= MAX_PATHS, "against: takes at most %s paths, got %s", MAX_PATHS, against.size());
            for (String path : against) {
                require(!path.isBlank(), "against: needs a path, such as 'tests/*.jsonl'");
                String folder = path.substring(0, path.lastIndexOf('/') + 1);
                require(
                        !folder.contains("*"),
                        "against: '%s' has * in the name of a folder, but only the name of a file may have it",
                        path);
                require(
                        path.matches("(?is).*\\.(jsonl|json|csv)"),
                        "against: '%s' is not a dataset: its name must end with .jsonl, .json or .csv",
                        path);
            }
            require(ngram >= 5 && ngram <= 50, "ngram: must be from 5 to 50, got %s", ngram);
        }
    }

    /**
     * Groups whose rows are counted.
     *
     * @param on name of the field whose value is the group; null = the language of the text is the group
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Representation(@Nullable String on) {
        public Representation {
            require(on == null || isName(on), "represent on: needs the name of a field, such as 'topic'");
        }
    }
}
