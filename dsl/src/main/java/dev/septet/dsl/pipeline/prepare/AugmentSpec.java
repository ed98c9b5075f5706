package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changed copies of training rows, made without a model.
 *
 * @param copies number of copies of each chosen row
 * @param share the chosen part of the training rows in percent
 * @param on the texts that change
 * @param seed another seed chooses other rows and other changes
 * @param words path of the file with synonyms, or {@value #WORDNET}; null for other kinds
 * @param forms texts with {@value #PLACEHOLDER}; empty for other kinds
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AugmentSpec(
        Kind kind,
        int copies,
        double share,
        CleaningSpec.RowText on,
        long seed,
        @Nullable String words,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> forms) {
    /** The largest number of copies of a row. */
    public static final int MAX_COPIES = 10;

    /** Where a template has the text of the row. */
    public static final String PLACEHOLDER = "{prompt}";

    /** The value of {@code words} for the synonyms of WordNet instead of a file. */
    public static final String WORDNET = "wordnet";

    private static final int MAX_FORMS = 100;
    private static final int LONGEST_FORM = 1000;

    /** Kinds of changes. */
    public enum Kind {
        /** Other letter case: all small, all capital, or only the first letter capital. */
        CASING,
        /** Mistakes of typing: a neighbouring key, two letters in the wrong order, or a missing letter. */
        TYPOS,
        /** Words of a list instead of their synonyms. */
        SYNONYMS,
        /** The text inside of another text. */
        TEMPLATE
    }

    /** The path of the file with synonyms; null without one. */
    public @Nullable String wordFile() {
        return WORDNET.equals(words) ? null : words;
    }

    public AugmentSpec {
        forms = Checks.orEmpty(forms);
        require(copies >= 1 && copies <= MAX_COPIES, "copies: must be from 1 to %s, got %s", MAX_COPIES, copies);
        require(share > 0 && share <= 100, "share: must be above 0 and at most 100.percent, got %s", share);
        require(
                kind == Kind.SYNONYMS || words == null,
                "words: is the list of synonyms; write augment synonyms, or remove words:");
        require(
                kind != Kind.SYNONYMS || words != null,
                "augment synonyms needs words:, a file with a list of synonyms, or words: 'wordnet' for English texts");
        require(
                (kind == Kind.TEMPLATE) == !forms.isEmpty(),
                kind == Kind.TEMPLATE
                        ? "augment template needs forms:, such as ['Please help: {prompt}']"
                        : "forms: is only for augment template");
        require(forms.size() <= MAX_FORMS, "forms: takes at most %s texts", MAX_FORMS);
        for (String form : forms) {
            require(
                    form.length() <= LONGEST_FORM
                            && form.indexOf(PLACEHOLDER) >= 0
                            && form.indexOf(PLACEHOLDER) == form.lastIndexOf(PLACEHOLDER)
                            && !form.equals(PLACEHOLDER),
                    "forms: each text needs {prompt} once, other words around it, and at most %s characters",
                    LONGEST_FORM);
        }
    }
}
