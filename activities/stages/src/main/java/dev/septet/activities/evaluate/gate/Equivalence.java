package dev.septet.activities.evaluate.gate;

import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Whether two scores on paired rows are equal within a bound (equivalence test). The difference and its whole 95 % interval
 * must be at most {@code maxGap * |before|} in either direction.
 *
 * @see <a href="https://doi.org/10.1007/BF01068419">Schuirmann, 1987: two one-sided tests</a>
 */
public final class Equivalence {
    private Equivalence() {}

    /**
     * Judges a measurement.
     *
     * @param name name of the score
     * @param measured {@code before} on the unchanged rows, {@code after} on the changed ones
     * @param maxGap as a fraction of {@code before}; null = no bound
     * @param missing what to do when a number is missing
     */
    public static Score judge(String name, Measurement measured, @Nullable Double maxGap, String missing) {
        Judgement judgement = judgement(measured, maxGap, missing);
        Interval delta = measured.delta();
        return new Score(
                name,
                measured.before(),
                measured.after(),
                delta == null ? null : delta.low(),
                delta == null ? null : delta.high(),
                measured.rows(),
                judgement.verdict(),
                judgement.why() + ".");
    }

    private static Judgement judgement(Measurement measured, @Nullable Double maxGap, String missing) {
        Double before = measured.before();
        Interval delta = measured.delta();
        if (before == null || delta == null || Double.isNaN(measured.after() - before) || Double.isNaN(delta.low())) {
            return new Judgement(
                    Verdict.NO_GO, "the gap of %s could not be measured: %s".formatted(measured.metric(), missing));
        }
        double gap = Math.abs(measured.after() - before);
        String is = "with swapped terms, %s is %s instead of %s"
                .formatted(measured.metric(), Figures.of(measured.after()), Figures.of(before));
        if (maxGap == null) {
            return new Judgement(Verdict.GO, is + "; no bound was asked for");
        }
        double allowed = maxGap * Math.abs(before);
        double reach = Math.max(Math.abs(delta.low()), Math.abs(delta.high()));
        String bound = "the largest accepted gap of " + Figures.share(maxGap);
        Verdict verdict = Bound.least(-gap, new Interval(-reach, -reach), -allowed, false, measured.rows());
        return new Judgement(
                verdict,
                is
                        + switch (verdict) {
                            case GO -> ", within " + bound;
                            case NO_GO -> ", over " + bound;
                            case INCONCLUSIVE ->
                                measured.rows() < Bound.MINIMUM_ROWS
                                        ? Gate.fewRows(measured.rows())
                                        : ", but the difference's 95 %% interval (%s) leaves %s"
                                                        .formatted(Figures.of(delta), bound)
                                                + MoreRows.words(
                                                        "with a term", measured.rows(), allowed - gap, reach - gap);
                        });
    }
}
