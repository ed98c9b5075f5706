package dev.septet.activities.evaluate.check;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.check.SentenceSupport.Support;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.Limit;
import dev.septet.activities.evaluate.gate.RatioOfRows;
import dev.septet.activities.evaluate.gate.ScoredRows;
import dev.septet.activities.evaluate.judge.JudgeQuestion;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.evaluate.judge.RaterAgreement;
import dev.septet.activities.evaluate.judge.SentenceVerdicts;
import dev.septet.activities.evaluate.judge.SentenceVerdicts.Verdict;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.dsl.pipeline.deploy.FormExamPart;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.workflows.artifact.Score;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether judges say that the contexts support the sentences of answers. A sentence is entailed if its verdict is supported.
 *
 * @see <a href="https://aclanthology.org/2022.naacl-main.287">Honovich et al., 2022: TRUE</a>, for entailment as a measure
 */
final class Entailment {
    private static final String WORD = "grounding";

    private final GroundingSpec spec;
    private final JudgeSpec judges;
    private final int rows;
    private final boolean[] answered;
    private final List<Item> items = new ArrayList<>();

    /** A sentence, and what the comparison of names and numbers found. */
    record Sentence(String text, Support overlap) {}

    private record Item(int row, String place, Support overlap, JudgeQuestion question) {}

    /**
     * @param rows number of rows of the test split
     */
    Entailment(GroundingSpec spec, JudgeSpec judges, int rows) {
        this.spec = spec;
        this.judges = judges;
        this.rows = rows;
        answered = new boolean[rows];
    }

    /** Adds the sentences of an answer. One without a letter and a digit says nothing. */
    void add(int row, Row asked, String context, String answer, List<Sentence> sentences) {
        answered[row] = true;
        String question = ContextText.question(spec, asked, context);
        for (Sentence sentence : sentences) {
            if (sentence.text().codePoints().anyMatch(Character::isLetterOrDigit)) {
                items.add(new Item(
                        row,
                        asked.place().toString(),
                        sentence.overlap(),
                        JudgeQuestion.ofSentence(context, question, answer, sentence.text())));
            }
        }
    }

    /**
     * How names and numbers agree with the judges, over the sentences that have both.
     *
     * @param both both find support
     * @param onlyOverlap the names and numbers are in the context, but the judges do not find support
     * @param onlyJudges a name or a number is missing, but the judges find support
     * @param neither neither finds support
     * @param kappa Cohen's kappa; NaN where it is not defined
     */
    record Agreement(int both, int onlyOverlap, int onlyJudges, int neither, double kappa) {}

    /**
     * What was found.
     *
     * @param sentences number of sentences of the answers with a context
     * @param withoutVerdict sentences among them without a verdict; the shares leave them out
     * @param hallucinationRate share of the answers with a sentence that is not entailed, among those with all verdicts
     * @param incompleteAnswers answers with a sentence without a verdict
     * @param firstNotEntailed places of the first rows with a sentence that is not entailed
     */
    record Found(
            int sentences,
            int withoutVerdict,
            int supported,
            int notMentioned,
            int contradicted,
            RatioOfRows notEntailedRate,
            RatioOfRows contradictionRate,
            RatioOfRows hallucinationRate,
            int incompleteAnswers,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Agreement overlap,

            List<String> firstNotEntailed) {}

    /**
     * What the judges said.
     *
     * @param worst the share that is not entailed if no sentence without a verdict is
     * @param rows the counts of each row, for comparisons with other forms of the model
     * @param report null when nothing was asked
     */
    record Judged(
            GroundingSpec spec,
            double mostUnmeasured,
            Found found,
            RatioOfRows worst,
            ScoredRows rows,
            @Nullable JudgeReport report) {

        /**
         * The score for the gate.
         *
         * @param without number of rows without a context
         */
        Score score(int without) {
            return Limit.most(
                            "the share of sentences that the judge does not find in the context",
                            spec.maxUnsupported(),
                            "maxUnsupported")
                    .sample(
                            SentenceVerdicts.SCORE,
                            found.notEntailedRate(),
                            new Limit.Missing(
                                    found.withoutVerdict(), found.sentences(), mostUnmeasured, worst, "sentences"),
                            found.sentences() == 0
                                    ? String.format(
                                            Locale.ROOT,
                                            "no answer has a sentence, or no row has a context (%,d rows have none); correct `grounding`, or remove it",
                                            without)
                                    : "no sentence has a verdict (%s)".formatted(reasons()));
        }

        private String reasons() {
            Set<String> reasons = new LinkedHashSet<>();
            if (report != null) {
                report.judges()
                        .forEach(judge -> new TreeMap<>(judge.missing())
                                .forEach((reason, count) -> reasons.add(
                                        String.format(Locale.ROOT, "%s: %s %d", judge.by(), reason, count))));
            }
            return String.join(", ", reasons);
        }

        /** For the report. */
        List<SummaryLine> facts() {
            List<SummaryLine> facts = new ArrayList<>();
            int known = found.sentences() - found.withoutVerdict();
            facts.add(new SummaryLine(
                    "sentences that are not entailed, by the judge",
                    String.format(
                            Locale.ROOT,
                            "%,d of %,d (%s)",
                            known - found.supported(),
                            known,
                            GroundingCheck.words(found.notEntailedRate()))));
            facts.add(new SummaryLine(
                    "contradicted sentences, by the judge",
                    String.format(
                            Locale.ROOT,
                            "%,d of %,d (%s)",
                            found.contradicted(),
                            known,
                            GroundingCheck.words(found.contradictionRate()))));
            facts.add(new SummaryLine(
                    "answers with a sentence that is not entailed (hallucination rate by the judge)",
                    GroundingCheck.words(found.hallucinationRate())));
            if (found.withoutVerdict() > 0) {
                facts.add(new SummaryLine(
                        "sentences without a verdict",
                        String.format(
                                Locale.ROOT,
                                "%,d of %,d, in %,d answers",
                                found.withoutVerdict(),
                                found.sentences(),
                                found.incompleteAnswers())));
            }
            Agreement overlap = found.overlap();
            if (overlap != null) {
                facts.add(new SummaryLine(
                        "names and numbers in the context",
                        String.format(
                                Locale.ROOT,
                                "%,d supported by the judge, %,d not",
                                overlap.both(),
                                overlap.onlyOverlap())));
                facts.add(new SummaryLine(
                        "a name or a number not in the context",
                        String.format(
                                Locale.ROOT,
                                "%,d supported by the judge, %,d not",
                                overlap.onlyJudges(),
                                overlap.neither())));
                facts.add(new SummaryLine(
                        "agreement of names and numbers with the judge",
                        "Cohen's kappa " + Figures.of(overlap.kappa())));
            }
            return facts;
        }
    }

    /** Of a model that has diverged, which gives no answers. */
    Judged none(Bootstrap bootstrap) {
        items.clear();
        return judged(List.of(), null, bootstrap);
    }

    /** Asks the judges. */
    Judged judged(CheckedModels models, Bootstrap bootstrap) throws IOException {
        if (items.isEmpty()) {
            return judged(List.of(), null, bootstrap);
        }
        SentenceVerdicts verdicts =
                models.verdicts(WORD, judges, items.stream().map(Item::question).toList());
        return judged(verdicts.verdicts(), verdicts.report(), bootstrap);
    }

    private Judged judged(List<Verdict> verdicts, @Nullable JudgeReport report, Bootstrap bootstrap) {
        double[] all = new double[rows];
        double[] known = new double[rows];
        double[] contradicted = new double[rows];
        double[] notEntailed = new double[rows];
        double[] notProven = new double[rows];
        Set<String> places = new LinkedHashSet<>();
        for (int at = 0; at < items.size(); at++) {
            Item item = items.get(at);
            Verdict verdict = verdicts.get(at);
            boolean bad = verdict == Verdict.NOT_MENTIONED || verdict == Verdict.CONTRADICTED;
            all[item.row()]++;
            known[item.row()] += verdict == Verdict.NONE ? 0 : 1;
            contradicted[item.row()] += verdict == Verdict.CONTRADICTED ? 1 : 0;
            notEntailed[item.row()] += bad ? 1 : 0;
            notProven[item.row()] += verdict == Verdict.SUPPORTED ? 0 : 1;
            if (bad) {
                places.add(item.place());
            }
        }
        double[] complete = new double[rows];
        double[] hallucinated = new double[rows];
        int incomplete = 0;
        for (int row = 0; row < rows; row++) {
            complete[row] = answered[row] && known[row] == all[row] ? 1 : 0;
            hallucinated[row] = complete[row] == 1 && notEntailed[row] > 0 ? 1 : 0;
            incomplete += known[row] == all[row] ? 0 : 1;
        }
        return new Judged(
                spec,
                judges.unmeasured(),
                new Found(
                        items.size(),
                        Collections.frequency(verdicts, Verdict.NONE),
                        Collections.frequency(verdicts, Verdict.SUPPORTED),
                        Collections.frequency(verdicts, Verdict.NOT_MENTIONED),
                        Collections.frequency(verdicts, Verdict.CONTRADICTED),
                        RatioOfRows.of(notEntailed, known, bootstrap),
                        RatioOfRows.of(contradicted, known, bootstrap),
                        RatioOfRows.of(hallucinated, complete, bootstrap),
                        incomplete,
                        agreement(verdicts),
                        places.stream().limit(5).toList()),
                RatioOfRows.of(notProven, all, bootstrap),
                ScoredRows.ratioOfBad(
                        SentenceVerdicts.SCORE, FormExamPart.GROUNDING.word(), notProven, notEntailed, all),
                report);
    }

    private @Nullable Agreement agreement(List<Verdict> verdicts) {
        int[][] counts = new int[2][2];
        List<Double> overlaps = new ArrayList<>();
        List<Double> judged = new ArrayList<>();
        for (int at = 0; at < items.size(); at++) {
            Support overlap = items.get(at).overlap();
            if (overlap != Support.NO_CLAIM && verdicts.get(at) != Verdict.NONE) {
                int found = overlap == Support.SUPPORTED ? 1 : 0;
                int supported = verdicts.get(at) == Verdict.SUPPORTED ? 1 : 0;
                counts[found][supported]++;
                overlaps.add((double) found);
                judged.add((double) supported);
            }
        }
        return overlaps.isEmpty()
                ? null
                : new Agreement(
                        counts[1][1],
                        counts[1][0],
                        counts[0][1],
                        counts[0][0],
                        RaterAgreement.kappa(array(overlaps), array(judged), false));
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
