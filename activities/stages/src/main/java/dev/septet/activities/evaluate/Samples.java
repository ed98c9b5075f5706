package dev.septet.activities.evaluate;

import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.report.RejectedAnswer;
import dev.septet.activities.evaluate.report.Sample;
import dev.septet.activities.evaluate.subject.Prediction;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Selects the rows that the report shows; the selection is deterministic. */
final class Samples {
    private Samples() {}

    /** Evenly spaced rows of the exam. */
    static List<Sample> spread(EvaluationRows evaluationRows, EvaluationFindings findings, int max) {
        int rows = evaluationRows.rows().size();
        int count = Math.min(max, rows);
        return IntStream.range(0, count)
                .map(at -> (int) ((long) at * rows / count))
                .mapToObj(row -> sample(evaluationRows, findings, row))
                .toList();
    }

    /** The first rows that the tuned model gets wrong. */
    static List<Sample> misses(EvaluationRows evaluationRows, EvaluationFindings findings, int max) {
        return IntStream.range(0, evaluationRows.rows().size())
                .mapToObj(row -> sample(evaluationRows, findings, row))
                .filter(Sample::missed)
                .limit(max)
                .toList();
    }

    /** One row. */
    static Sample sample(EvaluationRows evaluationRows, EvaluationFindings findings, int at) {
        Row row = evaluationRows.rows().get(at);
        List<Prediction> all = findings.before();
        Prediction before = all == null ? null : all.get(at);
        Prediction after = findings.after().get(at);
        return new Sample(
                row.place().toString(),
                row.promptText(),
                Prediction.reference(row),
                before == null ? null : before.answer(),
                after.answer(),
                row instanceof PreferenceRow pair ? rejected(pair, before, after) : null);
    }

    private static RejectedAnswer rejected(PreferenceRow pair, @Nullable Prediction before, Prediction after) {
        return new RejectedAnswer(
                Prediction.reference(pair.rejected()), before == null ? null : before.margin(), after.margin());
    }
}
