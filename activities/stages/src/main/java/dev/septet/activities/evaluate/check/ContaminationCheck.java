package dev.septet.activities.evaluate.check;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.Limit;
import dev.septet.activities.evaluate.gate.RankTest;
import dev.septet.activities.evaluate.report.FactSection;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.prepare.contamination.RowOverlap;
import dev.septet.dsl.pipeline.evaluate.ContaminationSpec;
import dev.septet.workflows.artifact.Score;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether the rows of the exam are also training rows.
 *
 * <p>The overlap is the share of a set's rows that share text with a training row. The membership signal compares the
 * log-probability of each row's least likely {@value #SHARE} of tokens with that of validation rows, which no model was
 * trained on. It is the probability that a row of the exam has the larger one. A signal of the base model is a sign that its
 * makers trained it on the exam. Texts of another kind also move the signal, so it is evidence and no proof.
 *
 * @see <a href="https://arxiv.org/abs/2310.16789">Shi et al., 2024: Detecting pretraining data from large language models
 *     (Min-K% Prob)</a>
 */
final class ContaminationCheck {
    /** The part of a row's tokens that the signal reads; the paper's best value. */
    static final double SHARE = 0.2;

    /** More rows of a set make the signal no more useful. */
    static final int MOST_ROWS = 500;

    private static final String OVERLAP = "training overlap";
    private static final String MEMBERSHIP = "membership signal";

    private final ContaminationSpec spec;
    private final Path dataset;
    private final Bootstrap bootstrap;

    /**
     * @param dataset folder of the prepared dataset
     */
    ContaminationCheck(ContaminationSpec spec, Path dataset, Bootstrap bootstrap) {
        this.spec = spec;
        this.dataset = dataset;
        this.bootstrap = bootstrap;
    }

    /**
     * What was found about a set.
     *
     * @param set name of the set; empty for the test split
     * @param overlapping number of rows that share text with a training row
     * @param templates number of word sequences that belong to the rows' template, and are no overlap
     * @param membership the signals; null when they were not measured
     * @param firstOverlaps places of the first rows with an overlap
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Found(
            String set,
            int rows,
            int overlapping,
            double overlap,
            long templates,
            @Nullable Membership membership,
            List<String> firstOverlaps) {}

    /**
     * The signals of both models.
     *
     * @param rows number of rows of the set that were measured
     * @param validationRows number of validation rows that they were compared with
     */
    record Membership(RankTest base, RankTest tuned, int rows, int validationRows) {}

    CheckFindings run(List<ExamSet> sets, @Nullable ExamSet validation, CheckedModels models) throws IOException {
        boolean measurable = models.measuresLosses(CheckedModels.Which.BASE)
                && models.measuresLosses(CheckedModels.Which.TUNED)
                && validation != null;
        ExamSet known = measurable && validation != null ? validation.spread(MOST_ROWS) : null;
        List<Double> base = known == null ? List.of() : models.leastLikely(CheckedModels.Which.BASE, known, SHARE);
        List<Double> tuned = known == null ? List.of() : models.leastLikely(CheckedModels.Which.TUNED, known, SHARE);
        List<Score> scores = new ArrayList<>();
        Map<String, Interval> intervals = new TreeMap<>();
        List<Found> all = new ArrayList<>();
        List<SummaryLine> facts = new ArrayList<>();
        for (ExamSet set : sets) {
            Membership membership = known == null
                    ? null
                    : membership(
                            set.spread(MOST_ROWS),
                            models,
                            base,
                            tuned,
                            known.rows().size());
            Found found = found(set, membership);
            all.add(found);
            Limit overlap =
                    Limit.most("the share of rows that are also training rows", spec.maxOverlap(), "maxOverlap");
            String name = Gate.on(OVERLAP, set.name());
            scores.add(overlap.counted(name, found.overlap, found.rows));
            intervals.put(name, new Interval(found.overlap, found.overlap));
            membership(set, membership, validation != null, scores, intervals);
            facts.add(new SummaryLine(set.title(), words(found)));
        }
        return new CheckFindings(
                scores,
                intervals,
                Map.of("contamination", all),
                List.of(new FactSection("contamination", "Contamination", facts)));
    }

    private void membership(
            ExamSet set,
            @Nullable Membership found,
            boolean validation,
            List<Score> scores,
            Map<String, Interval> intervals) {
        // General texts are more familiar to every model than those of one task.
        Double max = set.name().equals(ExamSet.SUITE) ? null : spec.maxMembership();
        if (found == null && max == null) {
            return; // the report says that it was not measured
        }
        RankTest tuned = found == null ? RankTest.MISSING : found.tuned;
        String name = Gate.on(MEMBERSHIP, set.name());
        scores.add(Limit.most("the membership signal", max, "maxMembership")
                .sample(
                        name,
                        found == null ? null : (Double) found.base.area(),
                        tuned.area(),
                        tuned.interval(),
                        found == null ? 0 : Math.min(found.rows, found.validationRows),
                        validation
                                ? "the model gives no losses of given answers; remove `maxMembership:`"
                                : "there are no validation rows; give `validation:` of `split` a share"));
        intervals.put(name, tuned.interval());
    }

    private Membership membership(
            ExamSet set, CheckedModels models, List<Double> base, List<Double> tuned, int validationRows)
            throws IOException {
        return new Membership(
                RankTest.of(models.leastLikely(CheckedModels.Which.BASE, set, SHARE), base, bootstrap),
                RankTest.of(models.leastLikely(CheckedModels.Which.TUNED, set, SHARE), tuned, bootstrap),
                set.rows().size(),
                validationRows);
    }

    private Found found(ExamSet set, @Nullable Membership membership) throws IOException {
        RowOverlap overlap = new RowOverlap(spec.words());
        for (Row row : set.rows()) {
            if (!overlap.exam(row)) {
                throw StageProblem.invalid(
                        "evaluate: contamination: the %s has too many different sequences of words; set a `limit`, or a larger `ngram:`"
                                .formatted(set.title()));
            }
        }
        try (PreparedRows rows = PreparedRows.open(dataset.resolve("train.jsonl"))) {
            for (var row = rows.next(); row.isPresent(); row = rows.next()) {
                overlap.training(row.get());
            }
        }
        List<Row> shared = set.rows().stream().filter(overlap::shared).toList();
        int rows = set.rows().size();
        return new Found(
                set.name(),
                rows,
                shared.size(),
                (double) shared.size() / rows,
                overlap.templates(),
                membership,
                shared.stream().limit(5).map(row -> row.place().toString()).toList());
    }

    private static String words(Found found) {
        String overlap =
                String.format(Locale.ROOT, "%,d of %,d rows are also training rows", found.overlapping, found.rows);
        Membership membership = found.membership;
        if (membership == null) {
            return overlap + "; the membership signal was not measured";
        }
        return "%s; membership signal %s before and %s after training (95 %% interval %s)"
                .formatted(
                        overlap,
                        Figures.of(membership.base.area()),
                        Figures.of(membership.tuned.area()),
                        Figures.of(membership.tuned.interval()));
    }
}
