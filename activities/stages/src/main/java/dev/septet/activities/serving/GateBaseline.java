package dev.septet.activities.serving;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.artifact.EvaluationReport;
import org.jspecify.annotations.Nullable;

/**
 * The champion that a model was compared with: the verdict is valid for that champion only.
 *
 * @param champion sha256 of its export, {@link EvaluationReport#NO_CHAMPION} for none, null when it
 *     does not matter
 */
public record GateBaseline(@Nullable String champion) {
    /** The verdict is valid for any champion. */
    public static final GateBaseline ANY = new GateBaseline(null);

    private static final int DIGITS = 12;

    /**
     * Compares it with the present champion.
     *
     * @param now null when there is none
     * @throws StageProblem VERDICT_STALE when it is another one
     */
    public void check(String pipeline, @Nullable Variant now) {
        String sha256 = now == null ? EvaluationReport.NO_CHAMPION : now.sha256();
        if (champion != null && !champion.equals(sha256)) {
            throw new StageProblem(
                    FailureType.VERDICT_STALE,
                    "the gate compared with champion %s of '%s', but meanwhile it is %s: the verdict no longer holds"
                            .formatted(shown(champion), pipeline, shown(sha256)));
        }
    }

    private static String shown(String sha256) {
        return sha256.substring(0, Math.min(DIGITS, sha256.length()));
    }
}
