package dev.septet.activities.evaluate;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.report.Sample;

import java.util.List;
import java.util.stream.IntStream;

/** Which rows the report shows: the same ones every time. */
final class Samples {
    private Samples() {}

    /** Rows evenly spread over the exam. */
    static List<Sample> spread(Exam exam, Findings findings, int most) {
        int rows = exam.rows().size();
        int count = Math.min(most, rows);
        return IntStream.range(0, count)
                .map(at -> (int) ((long) at * rows / count))
                .mapToObj(row -> sample(exam, findings, row))
                .toList();
    }

    /** The first rows whose written answer is not the reference. */
    static List<Sample> misses(Exam exam, Findings findings, int most) {
        return IntStream.range(0, exam.rows().size())
                .mapToObj(row -> sample(exam, findings, row))
                .filter(sample -> sample.after() != null && !sample.right(sample.after()))
                .limit(most)
                .toList();
    }

    private static Sample sample(Exam exam, Findings findings, int at) {
        Row row = exam.rows().get(at);
        List<Prediction> before = findings.before();
        return new Sample(
                row.place().toString(),
                row.promptText(),
                Exam.reference(row),
                before == null ? null : before.get(at).answer(),
                findings.after().get(at).answer());
    }
}
