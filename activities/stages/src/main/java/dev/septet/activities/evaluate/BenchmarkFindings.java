package dev.septet.activities.evaluate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.benchmark.Benchmark;
import dev.septet.activities.evaluate.benchmark.BenchmarkMeasure;
import dev.septet.activities.evaluate.benchmark.BenchmarkResponse;
import dev.septet.activities.evaluate.benchmark.BenchmarkTask;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.Score;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Results of a benchmark.
 *
 * @param before the base model's responses to each row
 * @param after the tuned model's
 * @param score of the metric that the gate judges
 * @param interval 95 % interval of its value after training
 */
record BenchmarkFindings(
        Benchmark benchmark,
        List<List<BenchmarkResponse>> before,
        List<List<BenchmarkResponse>> after,
        Score score,
        Interval interval) {
    /** All metrics of the file, with lm-evaluation-harness's standard errors. */
    ObjectNode json() {
        ObjectNode node = SpecJson.mapper().createObjectNode();
        node.put("file", benchmark.spec().file());
        node.put("name", benchmark.name());
        node.put("gated", benchmark.gated().title());
        node.put("files", benchmark.files());
        ArrayNode tasks = node.putArray("tasks");
        for (BenchmarkTask task : benchmark.tasks()) {
            tasks.addObject().put("name", task.name()).put("rows", task.rows().size());
        }
        ArrayNode metrics = node.putArray("metrics");
        for (BenchmarkMeasure measure : benchmark.measures()) {
            double[][] base = measure.tallies(benchmark.tasks(), before);
            double[][] tuned = measure.tallies(benchmark.tasks(), after);
            metrics.addObject()
                    .put("metric", measure.title())
                    .put("higherIsBetter", measure.higherIsBetter())
                    .put("before", measure.score(base))
                    .put("beforeStderr", measure.standardError(base))
                    .put("after", measure.score(tuned))
                    .put("afterStderr", measure.standardError(tuned));
        }
        return node;
    }

    /** Writes a line per row with both models' responses; no file without benchmarks. */
    static void write(Path file, List<BenchmarkFindings> all) throws IOException {
        if (all.isEmpty()) {
            return;
        }
        try (BufferedWriter lines = Files.newBufferedWriter(file)) {
            for (BenchmarkFindings findings : all) {
                int at = 0;
                for (BenchmarkTask task : findings.benchmark.tasks()) {
                    for (int row = 0; row < task.rows().size(); row++) {
                        Map<String, Object> line = new LinkedHashMap<>();
                        line.put("benchmark", findings.benchmark.name());
                        line.put("task", task.name());
                        line.put("row", row);
                        line.put("before", findings.before.get(at));
                        line.put("after", findings.after.get(at++));
                        lines.write(SpecJson.mapper().writeValueAsString(line));
                        lines.write('\n');
                    }
                }
            }
        }
    }
}
