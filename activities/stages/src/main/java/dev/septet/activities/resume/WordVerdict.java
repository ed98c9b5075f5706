package dev.septet.activities.resume;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.Stage;
import org.jspecify.annotations.Nullable;

/**
 * What a change since an earlier run means for going on with it.
 *
 * @param word where the file says it, such as {@code train.epochs}, or what the file names
 * @param was null when it was not said
 * @param now null when it is not said any more
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
    /** What becomes of what the earlier run made. */
    public enum Verdict {
        /** No result depends on it. */
        REUSABLE,
        /** What depends on it runs again anyway. */
        RERUN,
        /** A result that would be taken over depends on it. */
        INCOMPATIBLE
    }

    /** Of a change that is first read by a stage. */
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
