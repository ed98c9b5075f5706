package dev.septet.activities.evaluate.gate;

import dev.septet.workflows.artifact.Verdict;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A verdict and its reason.
 *
 * @param why one plain sentence, without its full stop
 */
record Judgement(Verdict verdict, String why) {
    /** From the best verdict to the worst. */
    private static final Comparator<Verdict> BY_HARM = Comparator.comparingInt(verdict -> switch (verdict) {
        case GO -> 0;
        case INCONCLUSIVE -> 1;
        case NO_GO -> 2;
    });

    /** The worst verdict, with the reasons of all judgements that share it. */
    static Judgement worst(List<Judgement> judgements) {
        Verdict worst = worst(judgements.stream().map(Judgement::verdict));
        return new Judgement(
                worst,
                judgements.stream()
                        .filter(judgement -> judgement.verdict() == worst)
                        .map(Judgement::why)
                        .collect(Collectors.joining("; ")));
    }

    /**
     * The same where some values were not measured: GO needs that the worst values for them would be GO too.
     *
     * @param missing number of values that were not measured, at least 1
     * @param all number of all values
     * @param most the largest share of them with which GO is possible
     * @param things the values in a sentence, such as {@code rows}
     * @param what the score in a sentence
     * @param worst the judgement with the worst values
     * @param score the score with the worst values
     */
    Judgement careful(int missing, int all, double most, String things, String what, Judgement worst, double score) {
        String unmeasured = String.format(Locale.ROOT, "%d of %d %s are not measured", missing, all, things);
        if (verdict != Verdict.GO) {
            return new Judgement(verdict, why + "; " + unmeasured);
        } else if (missing > most * all) {
            return new Judgement(
                    Verdict.INCONCLUSIVE,
                    "%s, more than %s, so %s decides nothing"
                            .formatted(unmeasured, Figures.percent(most).substring(1), what));
        }
        return worst.verdict() == Verdict.GO
                ? new Judgement(
                        Verdict.GO,
                        "%s; %s, and it would pass with the worst scores for them (%s)"
                                .formatted(why, unmeasured, Figures.of(score)))
                : new Judgement(
                        Verdict.INCONCLUSIVE,
                        "%s, and with the worst scores for them %s would be %s"
                                .formatted(unmeasured, what, Figures.of(score)));
    }

    static Verdict worst(Stream<Verdict> verdicts) {
        return verdicts.max(BY_HARM).orElse(Verdict.NO_GO);
    }
}
