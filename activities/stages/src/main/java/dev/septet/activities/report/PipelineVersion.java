package dev.septet.activities.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An evaluated run of a pipeline: a record of the store, from which later runs show the trend.
 *
 * @param published sha256 of the export that it published; null when it published none
 * @param record folder with {@code run.json}, see {@link RunRecord}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PipelineVersion(
        String runId,
        long startedMillis,
        Verdict verdict,
        List<Score> scores,
        @Nullable String published,
        @Nullable ArtifactRef record) {
    /** Digits of an export's sha256 that name the version, as in the folders of targets. */
    private static final int DIGITS = 12;

    public PipelineVersion {
        scores = scores == null ? List.of() : List.copyOf(scores); // lenient reader
    }

    /** The same run with its record. */
    PipelineVersion with(ArtifactRef written) {
        return new PipelineVersion(runId, startedMillis, verdict, scores, published, written);
    }

    /** The version's name, or a few digits of the run's id when it is not published. */
    public String name() {
        String sha256 = published;
        return sha256 == null
                ? "run " + runId.substring(0, Math.min(8, runId.length()))
                : sha256.substring(0, Math.min(DIGITS, sha256.length()));
    }
}
