package dev.septet.dsl.vocabulary.exam;

import dev.septet.dsl.pipeline.evaluate.ContaminationSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.vocabulary.word.Percent;
import org.jspecify.annotations.Nullable;

/** The declared checks of the exam. */
public final class CheckWords {
    private @Nullable ContaminationSpec contamination;

    /** Sets the search of the exam's rows in the training rows. */
    public void contamination(
            @Nullable Percent maxOverlap, @Nullable Double maxMembership, @Nullable Integer ngram) {
        contamination = new ContaminationSpec(fraction(maxOverlap), maxMembership, ngram);
    }

    /** What the file declares; null for no checks. */
    public @Nullable ExamChecksSpec spec() {
        ExamChecksSpec checks = new ExamChecksSpec(contamination);
        return checks.equals(ExamChecksSpec.NONE) ? null : checks;
    }

    private static @Nullable Double fraction(@Nullable Percent share) {
        return share == null ? null : share.fraction();
    }
}
