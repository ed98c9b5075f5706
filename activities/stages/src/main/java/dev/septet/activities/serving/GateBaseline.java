package dev.septet.activities.serving;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.artifact.EvaluationReport;
import org.jspecify.annotations.Nullable;

/**
 * Against whom a model was judged: its verdict holds for that champion only.
 *
 * @param champion sha256 of its export, {@link EvaluationReport#NO_CHAMPION} for nobody, null when
 *     it does not matter
 */
public record GateBaseline(@Nullable String champion) {
    /** Whoever is champion, the verdict holds. */
    public static final GateBaseline ANY = new GateBaseline(null);

    private static final int DIGITS = 12;

    /**
     * Holds it against the champion of now.
     *
     * @param now null for nobody
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
