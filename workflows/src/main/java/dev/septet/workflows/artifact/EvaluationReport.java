package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * The findings of evaluation; curves and samples are in its artifact.
 *
 * @param artifact folder with {@code report.html}, {@code results.json}, {@code README.md} (model
 *     card), {@code predictions.jsonl}
 * @param champion sha256 of the export that the model was held against, {@link #NO_CHAMPION} where
 *     nothing was published yet; the verdict holds as long as that is so. Null when the file does
 *     not compare with the champion
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EvaluationReport(
        Verdict verdict,
        List<Score> scores,
        ArtifactRef artifact,
        @Nullable String champion,
        Origin origin) {
    /** In the champion's place where there is none. */
    public static final String NO_CHAMPION = "none";

    public EvaluationReport {
        scores = List.copyOf(scores);
    }

    /** One that compares with no champion. */
    public EvaluationReport(
            Verdict verdict, List<Score> scores, ArtifactRef artifact, Origin origin) {
        this(verdict, scores, artifact, null, origin);
    }
}
