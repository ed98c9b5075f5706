package dev.septet.activities.evaluate.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.dsl.pipeline.evaluate.BenchmarkSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The task files in {@code exam/tasks}, and what lm-evaluation-harness computes on them ({@code goldens.py}). */
final class Exam {
    private static final Path FOLDER = Path.of("src/test/resources/dev/septet/activities/evaluate/benchmark/exam")
            .toAbsolutePath();

    private Exam() {}

    /** Names of the task files without the group. */
    static List<String> tasks() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER.resolve("tasks"))) {
            return files.map(file -> file.getFileName().toString().replace(".yaml", ""))
                    .filter(name -> name.startsWith("exam_") && !name.equals("exam_choice"))
                    .sorted()
                    .toList();
        }
    }

    static Benchmark read(String task) throws IOException {
        return Benchmark.read(
                new BenchmarkSpec("tasks/" + task + ".yaml", null, null, null, null, null),
                path -> FOLDER.resolve(path).toRealPath());
    }

    /** The golden results of a task or group. */
    static JsonNode golden(String task) throws IOException {
        return new JsonMapper()
                .readTree(Files.readAllBytes(FOLDER.resolve("goldens.json")))
                .path("results")
                .path(task);
    }
}
