package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of evaluation; curves and samples are in its artifact.
 *
 * @param artifact folder with {@code report.html}, {@code results.json}, {@code README.md} (model card),
 *     {@code predictions.jsonl}
 * @param champion sha256 of the export that the model was compared with, or {@link #NO_CHAMPION} when nothing was
 *     published yet. The verdict is valid while this is the champion. Null when the file does not compare with the
 *     champion
 * @param seal proof that an evaluation of this run gave this verdict; null in older histories
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EvaluationReport(
        Verdict verdict,
        List<Score> scores,
        ArtifactRef artifact,
        @Nullable String champion,
        Origin origin,
        @Nullable String seal)
        implements HasOrigin {
    /** The value of the champion when nothing is published. */
    public static final String NO_CHAMPION = "none";

    public EvaluationReport {
        scores = List.copyOf(scores);
    }

    /** A report without a seal. */
    public EvaluationReport(
            Verdict verdict, List<Score> scores, ArtifactRef artifact, @Nullable String champion, Origin origin) {
        this(verdict, scores, artifact, champion, origin, null);
    }

    /** The same report with this seal; null removes it. */
    public EvaluationReport sealed(@Nullable String by) {
        return new EvaluationReport(verdict, scores, artifact, champion, origin, by);
    }

    /** A report that compares with no champion. */
    public EvaluationReport(Verdict verdict, List<Score> scores, ArtifactRef artifact, Origin origin) {
        this(verdict, scores, artifact, null, origin);
    }
}
