package dev.septet.activities.evaluate.judge;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.answer.BudgetLedger;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What judges did for one metric.
 *
 * @param metric its name; with {@code on} and a set's name for a named set
 * @param judges each model that judged
 * @param rows rows of the set
 * @param unmeasured rows without a verdict of every judge
 * @param agreement of the judges with each other; null for one judge
 * @param people agreement with people; null where the file names no labels
 * @param pairs of {@code winRate}: wins, ties, losses, and the bias for a place; null for single answers
 * @param tokens that the verdicts used, also those of earlier runs
 * @param cost in the currency of the endpoint's prices; 0 without prices
 * @param changed what changed in a judge since the last version of the pipeline's model; empty for nothing
 * @param votes of {@code humanWinRate}: which votes of people count; null for models
 * @param sentences of {@code grounding}: the verdicts; {@code rows} are then sentences. Null for metrics
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JudgeReport(
        String metric,
        List<OfJudge> judges,
        int rows,
        int unmeasured,
        @Nullable Measure agreement,
        @Nullable List<Measure> people,
        @Nullable Pairs pairs,
        long tokens,
        double cost,
        List<String> changed,
        @Nullable Votes votes,
        @Nullable Sentences sentences) {
    public JudgeReport {
        judges = List.copyOf(judges);
        people = people == null ? null : List.copyOf(people);
        changed = List.copyOf(changed);
    }

    /** What models did. */
    public JudgeReport(
            String metric,
            List<OfJudge> judges,
            int rows,
            int unmeasured,
            @Nullable Measure agreement,
            @Nullable List<Measure> people,
            @Nullable Pairs pairs,
            long tokens,
            double cost,
            List<String> changed) {
        this(metric, judges, rows, unmeasured, agreement, people, pairs, tokens, cost, changed, null);
    }

    /** Of a metric. */
    public JudgeReport(
            String metric,
            List<OfJudge> judges,
            int rows,
            int unmeasured,
            @Nullable Measure agreement,
            @Nullable List<Measure> people,
            @Nullable Pairs pairs,
            long tokens,
            double cost,
            List<String> changed,
            @Nullable Votes votes) {
        this(metric, judges, rows, unmeasured, agreement, people, pairs, tokens, cost, changed, votes, null);
    }

    /**
     * What models did for another form of the tuned model. Rows with equal answers have the verdicts of the tuned model.
     *
     * @param judges empty where all answers are equal
     * @param scores of the rows; NaN without a verdict
     */
    public static JudgeReport ofForm(String metric, List<OfJudge> judges, double[] scores, BudgetLedger.Amount used) {
        return new JudgeReport(
                metric,
                judges,
                scores.length,
                (int) Arrays.stream(scores).filter(Double::isNaN).count(),
                null,
                null,
                null,
                used.tokens(),
                rounded(used.cost()),
                List.of());
    }

    /** Name of the score that the verdicts make. */
    public String score() {
        return sentences == null ? metric : SentenceVerdicts.SCORE;
    }

    /** Without the last bits, because the order of a sum must not show. */
    static double rounded(double cost) {
        return Math.round(cost * 1e6) / 1e6;
    }

    /** What verdicts on further rows will probably use: as much as those so far, on average. */
    public BudgetLedger.Amount expected(int more) {
        long verdicts = judges.stream().mapToLong(OfJudge::verdicts).sum();
        double each = verdicts == 0 ? 0 : (double) judges.size() * (pairs == null ? 1 : 2) * more / verdicts;
        return new BudgetLedger.Amount(Math.round(tokens * each), cost * each);
    }

    /**
     * Which votes of people count.
     *
     * @param counted votes on these answers
     * @param others votes that do not count, because they are about other answers
     * @param sampled rows of the sample that people vote on, with those of equal answers
     * @param rows all rows of the set
     */
    public record Votes(int counted, int others, int sampled, int rows) {}

    /**
     * One judge.
     *
     * @param by as the pipeline file writes it
     * @param verdicts the number of its verdicts on different texts
     * @param models the models that answered, as the service names them, with their answers
     * @param missing the number of requests without a verdict, by reason
     * @param note what people must know, such as a model that changed in the middle; null for nothing
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record OfJudge(
            String by,
            int verdicts,
            Map<String, Integer> models,
            Map<String, Integer> missing,
            @Nullable String note) {
        public OfJudge {
            models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
            missing = Collections.unmodifiableSortedMap(new TreeMap<>(missing));
            note = models.size() < 2
                    ? note
                    : String.format(
                            Locale.ROOT,
                            "the service answered as %d models in the middle of the evaluation",
                            models.size());
        }
    }

    /**
     * A measure of agreement.
     *
     * @param name such as {@code Cohen's kappa}
     * @param value NaN where it is not defined
     * @param equal share of equal verdicts
     * @param items the number of texts with all verdicts
     */
    public record Measure(String name, double value, double equal, int items) {}

    /**
     * Comparisons of two answers, over rows with all verdicts.
     *
     * @param first share of the verdicts for the answer in the first place among all verdicts that are no tie; 0.5 = no bias
     * @param contradictory rows where a judge prefers the same place in both orders
     * @param equal rows with equal answers, which are ties without a request
     */
    public record Pairs(int wins, int ties, int losses, double first, int contradictory, int equal) {}

    /** The number of sentences with each verdict. */
    public record Sentences(int supported, int notMentioned, int contradicted) {}

    /** The same with changes since the last version. */
    public JudgeReport since(List<String> changes) {
        return new JudgeReport(
                metric, judges, rows, unmeasured, agreement, people, pairs, tokens, cost, changes, votes, sentences);
    }

    /** The same about sentences. */
    JudgeReport with(Sentences verdicts) {
        return new JudgeReport(
                metric, judges, rows, unmeasured, agreement, people, pairs, tokens, cost, changed, votes, verdicts);
    }
}
