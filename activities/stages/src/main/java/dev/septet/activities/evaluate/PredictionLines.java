package dev.septet.activities.evaluate;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code predictions.jsonl}, and the same file of each named set: one line per row, with its place in the source, the prompt, the
 * reference, and each model's prediction.
 */
final class PredictionLines {
    private PredictionLines() {}

    static void write(Path file, EvaluationRows evaluationRows, TestSet.Findings findings) throws IOException {
        try (BufferedWriter lines = Files.newBufferedWriter(file)) {
            for (int at = 0; at < evaluationRows.rows().size(); at++) {
                List<Prediction> before = findings.before();
                Map<String, Object> line = line(
                        at,
                        evaluationRows.rows().get(at),
                        before == null ? null : before.get(at),
                        findings.after().get(at));
                lines.write(SpecJson.mapper().writeValueAsString(line));
                lines.write('\n');
            }
        }
    }

    private static Map<String, Object> line(int at, Row row, @Nullable Prediction before, Prediction after) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("row", at);
        line.put("source", row.place().toString());
        line.put("prompt", row.promptText());
        line.put("reference", Prediction.reference(row));
        if (before != null) {
            line.put("before", before);
        }
        line.put("after", after);
        return line;
    }
}
