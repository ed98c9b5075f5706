package dev.septet.activities.evaluate.judge;

import dev.septet.activities.answer.BudgetLedger;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
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
    /** Name of the score of these verdicts. */
    public static final String SCORE = "sentences not entailed";

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
        List<Verdict> verdicts = verdicts(scores, sentences.size());
        PeopleLabels people = PeopleLabels.read(panel.spec());
        JudgeReport report = RowScores.report(
                name, panel, measured(verdicts), List.of(scores), people, panel.scores(people.texts()), null);
        return new SentenceVerdicts(verdicts, counted(report, verdicts));
    }

    /** Judges sentences of another form of the tuned model, without the labels of people. */
    public static SentenceVerdicts ofForm(String name, JudgePanel panel, List<JudgeQuestion> sentences)
            throws IOException {
        List<Verdict> verdicts = verdicts(panel.scores(sentences), sentences.size());
        return ofForm(name, panel.judges(), verdicts, panel.used());
    }

    /** Sentences of another form for which the rest of the budget is too small. */
    public static SentenceVerdicts withoutBudget(String name, JudgeSpec judges, int sentences) {
        return ofForm(
                name,
                JudgePanel.withoutBudget(judges, sentences),
                Collections.nCopies(sentences, Verdict.NONE),
                BudgetLedger.Amount.NONE);
    }

    /** Where nothing has to be asked. */
    public static SentenceVerdicts none(String name) {
        return ofForm(name, List.of(), List.of(), BudgetLedger.Amount.NONE);
    }

    private static SentenceVerdicts ofForm(
            String name, List<JudgeReport.OfJudge> judges, List<Verdict> verdicts, BudgetLedger.Amount used) {
        return new SentenceVerdicts(
                verdicts, counted(JudgeReport.ofForm(name, judges, measured(verdicts), used), verdicts));
    }

    private static List<Verdict> verdicts(List<double[]> scores, int sentences) {
        List<Verdict> verdicts = new ArrayList<>();
        for (int at = 0; at < sentences; at++) {
            int sentence = at;
            verdicts.add(
                    together(scores.stream().mapToDouble(of -> of[sentence]).toArray()));
        }
        return verdicts;
    }

    private static double[] measured(List<Verdict> verdicts) {
        return verdicts.stream()
                .mapToDouble(verdict -> verdict == Verdict.NONE ? Double.NaN : 1)
                .toArray();
    }

    private static JudgeReport counted(JudgeReport report, List<Verdict> verdicts) {
        return report.with(new JudgeReport.Sentences(
                Collections.frequency(verdicts, Verdict.SUPPORTED),
                Collections.frequency(verdicts, Verdict.NOT_MENTIONED),
                Collections.frequency(verdicts, Verdict.CONTRADICTED)));
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
