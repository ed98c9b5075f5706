package dev.septet.activities.evaluate.benchmark;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task of a benchmark, ready to be asked.
 *
 * @param name its name in the task file
 * @param metrics what is computed, in the file's order
 */
public record BenchmarkTask(String name, List<Row> rows, List<Scoring> metrics) {
    public BenchmarkTask {
        rows = List.copyOf(rows);
        metrics = List.copyOf(metrics);
    }

    /**
     * A row.
     *
     * @param requests what the model is asked
     * @param choices texts of the choices; empty where the task has none
     * @param gold the number of the right choice, or -100 for none; the expected text; or a list of these
     */
    public record Row(List<BenchmarkRequest> requests, List<String> choices, Object gold) {
        public Row {
            requests = List.copyOf(requests);
            choices = List.copyOf(choices);
        }
    }

    /**
     * A metric with the filter of the answers that it reads.
     *
     * @param comparison how answers are compared; null where they are not
     */
    record Scoring(
            TaskMetric metric,
            AnswerFilter filter,
            @Nullable AnswerComparison comparison) {
        /** The metric's name, with that of its filter where the task file has filters. */
        String title() {
            return filter.equals(AnswerFilter.NONE) ? metric.written() : metric.written() + "," + filter.name();
        }
    }
}
