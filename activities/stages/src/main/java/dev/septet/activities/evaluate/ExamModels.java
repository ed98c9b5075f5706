package dev.septet.activities.evaluate;

import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.check.CheckedModels;
import dev.septet.activities.evaluate.check.ExamChecks;
import dev.septet.activities.evaluate.check.ExamSet;
import dev.septet.activities.prepare.DatasetCard;
import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The models of an evaluation for its checks, whose answers are stored like those on the test split. */
record ExamModels(Evaluation evaluation, Predictions predictions, Evaluation.Listener listener)
        implements CheckedModels {
    /** The validation rows are held in memory; a check chooses some of them. */
    private static final int MOST_VALIDATION_ROWS = 20_000;

    /**
     * The checks of an evaluation.
     *
     * @param dataset folder of the prepared dataset
     */
    static ExamChecks checks(Evaluation evaluation, Path dataset) throws IOException {
        List<ExamSet> sets = new ArrayList<>();
        for (TestSet set : evaluation.all()) {
            sets.add(set(set.name(), set.rows()));
        }
        EvaluationRows suite = evaluation.suite();
        if (suite != null) {
            sets.add(set(ExamSet.SUITE, suite));
        }
        return new ExamChecks(
                evaluation.spec().checksOrNone(),
                dataset,
                sets,
                validation(dataset, evaluation.test().digest()));
    }

    private static ExamSet set(String name, EvaluationRows rows) {
        return new ExamSet(name, rows.rows(), rows.digest(), rows.cutAfter());
    }

    private static @Nullable ExamSet validation(Path dataset, String digest) throws IOException {
        Path file = dataset.resolve("validation.jsonl");
        List<Row> rows = Files.exists(file) ? PreparedRows.read(file, MOST_VALIDATION_ROWS) : List.of();
        return rows.isEmpty()
                ? null
                : new ExamSet("validation", rows, Sha256.of(digest + "\nvalidation"), DatasetCard.cutAfter(dataset));
    }

    @Override
    public boolean measuresLosses(Which model) {
        return predictions.measuresLosses(candidate(model));
    }

    @Override
    public List<Double> leastLikely(Which model, ExamSet set, double share) throws IOException {
        Candidate candidate = candidate(model);
        EvaluationRows rows = new EvaluationRows(set.rows(), set.digest(), OptionalInt.empty(), set.cutAfter());
        return predictions
                .leastLikely(candidate, rows, share, reports("looking for rows that the %s knows", candidate, set))
                .stream()
                .map(each -> -each.loss() / each.tokens())
                .toList();
    }

    private IntConsumer reports(String doing, Candidate candidate, ExamSet set) {
        return done -> listener.report(
                doing.formatted(candidate.name()), done, set.rows().size());
    }

    private Candidate candidate(Which model) {
        return model == Which.BASE ? evaluation.base() : evaluation.tuned();
    }
}
