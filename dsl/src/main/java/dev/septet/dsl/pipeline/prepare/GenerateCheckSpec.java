package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Checks of generated rows besides the expression of {@code filter}. Each answer of a model for a check counts in the budget.
 *
 * @param selfAgreement whether the model confirms its row; null = not asked
 * @param score the score that a model must give; null = not asked
 * @param schema path of a file with the JSON schema of the rows' answers; null = an answer may be any text
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GenerateCheckSpec(
        @Nullable SelfAgreement selfAgreement,
        @Nullable Score score,
        @Nullable String schema) {
    /**
     * Self-agreement: the model that wrote a row is asked once more, at temperature 0.
     *
     * @param of what must agree
     * @param f1 the least F1 of the words of both answers, above 0 and at most 1; null = the answers must be equal
     * @see <a href="https://aclanthology.org/P19-1620">Alberti et al., 2019: Roundtrip consistency</a>
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SelfAgreement(Of of, @Nullable Double f1) {
        /** What must agree. */
        public enum Of {
            /** The answer of the row, and the model's answer to the row's question from the same text. */
            ANSWER,
            /** The meaning of the new question and of the training row's question, as the model judges it. */
            MEANING
        }

        public SelfAgreement {
            require(f1 == null || (f1 > 0 && f1 <= 1), "selfAgreement f1: must be above 0 and at most 1, got %s", f1);
            require(
                    f1 == null || of == Of.ANSWER,
                    "selfAgreement f1: compares answers, so write `selfAgreement answer, f1: ...`");
        }
    }

    /**
     * A model rates each row from 1 to 5.
     *
     * @param min the lowest score of the rows to keep
     * @param by the model that rates; null = the model that writes the rows
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Score(int min, GenerateSpec.@Nullable Teacher by) {
        public Score {
            require(min >= 2 && min <= 5, "score min: must be from 2 to 5, got %s", min);
        }
    }

    /** Whether a model is asked about the rows. */
    public boolean asksModel() {
        return selfAgreement != null || score != null;
    }

    /** Refuses checks that do not fit the kind of rows. */
    void requireFor(GenerateSpec.Kind kind) {
        require(
                schema == null
                        || (kind != GenerateSpec.Kind.PARAPHRASES && kind != GenerateSpec.Kind.BACK_TRANSLATIONS),
                "schema: checks answers that the model writes, so it is only for questions, rare, edgeCases and"
                        + " distill; the rows of paraphrases and backTranslations keep the answers of training rows");
        if (selfAgreement == null) {
            return;
        }
        switch (selfAgreement.of()) {
            case ANSWER ->
                require(
                        kind == GenerateSpec.Kind.QUESTIONS,
                        "selfAgreement answer: answers the question from the row's text again, so it is only for"
                                + " questions");
            case MEANING ->
                require(
                        kind == GenerateSpec.Kind.PARAPHRASES || kind == GenerateSpec.Kind.BACK_TRANSLATIONS,
                        "selfAgreement meaning: compares two questions, so it is only for paraphrases and"
                                + " backTranslations");
        }
    }
}
