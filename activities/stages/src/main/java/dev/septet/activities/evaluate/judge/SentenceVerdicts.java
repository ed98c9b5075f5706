package dev.septet.activities.evaluate.judge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The verdicts of all judges together on sentences of answers. A sentence is supported if more than half of the judges say so,
 * and contradicted if at least half of them do. It has no verdict where a judge has none, so a judge that does not answer
 * cannot move the score.
 *
 * @param verdicts in the order of the sentences
 */
public record SentenceVerdicts(List<Verdict> verdicts, JudgeReport report) {
    /** What a context says about a sentence. */
    public enum Verdict {
        /** It says the same. */
        SUPPORTED,
        /** It does not say all of it. */
        NOT_MENTIONED,
        /** It says something else. */
        CONTRADICTED,
        /** It is not known. */
        NONE
    }

    public SentenceVerdicts {
        verdicts = List.copyOf(verdicts);
    }

    /** Judges sentences. */
    public static SentenceVerdicts of(String name, JudgePanel panel, List<JudgeQuestion> sentences) throws IOException {
        List<double[]> scores = panel.scores(sentences);
        List<Verdict> verdicts = new ArrayList<>();
        double[] known = new double[sentences.size()];
        for (int at = 0; at < known.length; at++) {
            int sentence = at;
            Verdict verdict =
                    together(scores.stream().mapToDouble(of -> of[sentence]).toArray());
            verdicts.add(verdict);
            known[at] = verdict == Verdict.NONE ? Double.NaN : 1;
        }
        PeopleLabels people = PeopleLabels.read(panel.spec());
        JudgeReport report =
                RowScores.report(name, panel, known, List.of(scores), people, panel.scores(people.texts()), null);
        return new SentenceVerdicts(
                verdicts,
                report.with(new JudgeReport.Sentences(
                        Collections.frequency(verdicts, Verdict.SUPPORTED),
                        Collections.frequency(verdicts, Verdict.NOT_MENTIONED),
                        Collections.frequency(verdicts, Verdict.CONTRADICTED))));
    }

    /** From the scores of the judges: 1 is supported, 0 is contradicted. */
    static Verdict together(double[] scores) {
        if (Arrays.stream(scores).anyMatch(Double::isNaN)) {
            return Verdict.NONE;
        }
        long supported = Arrays.stream(scores).filter(score -> score == 1).count();
        long contradicted = Arrays.stream(scores).filter(score -> score == 0).count();
        return 2 * supported > scores.length
                ? Verdict.SUPPORTED
                : 2 * contradicted >= scores.length ? Verdict.CONTRADICTED : Verdict.NOT_MENTIONED;
    }
}
