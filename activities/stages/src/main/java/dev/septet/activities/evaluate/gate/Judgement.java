package dev.septet.activities.evaluate.gate;

import dev.septet.workflows.artifact.Verdict;
import java.util.Comparator;
import java.util.List;
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

    static Verdict worst(Stream<Verdict> verdicts) {
        return verdicts.max(BY_HARM).orElse(Verdict.NO_GO);
    }
}
