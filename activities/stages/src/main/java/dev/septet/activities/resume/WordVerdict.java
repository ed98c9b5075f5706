package dev.septet.activities.resume;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.Stage;
import org.jspecify.annotations.Nullable;

/**
 * The consequence of one change since an earlier run.
 *
 * @param word the setting in the pipeline file, such as {@code train.epochs}, or what the file
 *     names
 * @param was the former value, null when it was not set
 * @param now the present value, null when it is no longer set
 * @param stage the first stage that depends on it, null when none does
 * @param why one sentence for people
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WordVerdict(
        String word,
        @Nullable String was,
        @Nullable String now,
        Verdict verdict,
        @Nullable Stage stage,
        String why) {
    /** The consequence for the earlier run's results. */
    public enum Verdict {
        /** No result depends on it. */
        REUSABLE,
        /** The stages that depend on it run again anyway. */
        RERUN,
        /** A result that would be reused depends on it. */
        INCOMPATIBLE
    }

    /**
     * The verdict of a change.
     *
     * @param stage the first stage that reads the setting
     */
    static WordVerdict of(String word, @Nullable String was, @Nullable String now, @Nullable Stage stage, Stage from) {
        if (stage == null) {
            return new WordVerdict(word, was, now, Verdict.REUSABLE, null, "no result depends on it");
        }
        return stage.compareTo(from) >= 0
                ? new WordVerdict(word, was, now, Verdict.RERUN, stage, stage.word() + " runs again")
                : new WordVerdict(
                        word,
                        was,
                        now,
                        Verdict.INCOMPATIBLE,
                        stage,
                        "%s depends on it: resume from %s".formatted(stage.word(), stage.word()));
    }
}
