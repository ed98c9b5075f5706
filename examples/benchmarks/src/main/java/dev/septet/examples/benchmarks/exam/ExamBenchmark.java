package dev.septet.examples.benchmarks.exam;

import dev.septet.activities.evaluate.benchmark.Benchmark;
import dev.septet.activities.evaluate.benchmark.BenchmarkMeasure;
import dev.septet.activities.evaluate.benchmark.BenchmarkResponse;
import dev.septet.activities.evaluate.benchmark.BenchmarkTask;
import dev.septet.activities.evaluate.benchmark.EngineResponses;
import dev.septet.dsl.pipeline.evaluate.BenchmarkSpec;
import dev.septet.examples.benchmarks.BenchmarkModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Asks a model the tasks of a folder, as an evaluation does, and prints each metric and the seconds of the requests. */
public final class ExamBenchmark {
    private static final int ROWS_AT_ONCE = 32;

    private ExamBenchmark() {}

    /**
     * Runs the tasks.
     *
     * @param arguments GGUF file, folder with {@code tasks/NAME.yaml}, names of tasks
     */
    public static void main(String[] arguments) throws IOException {
        Path model = BenchmarkModel.folder(arguments[0]);
        Path folder = Path.of(arguments[1]).toAbsolutePath();
        long nanos = 0;
        try (LanguageModel opened = LanguageModel.open(model, ComputePrecision.FLOAT32, Optional.empty());
                Tokenizer tokenizer = Tokenizer.open(model);
                EngineResponses engine = new EngineResponses(model, opened, tokenizer)) {
            for (String task : List.of(arguments).subList(2, arguments.length)) {
                Benchmark benchmark = Benchmark.read(
                        new BenchmarkSpec("tasks/%s.yaml".formatted(task), null, null, null, null, null),
                        path -> folder.resolve(path).toRealPath());
                long start = System.nanoTime();
                List<List<BenchmarkResponse>> responses = responses(engine, benchmark.rows());
                nanos += System.nanoTime() - start;
                for (BenchmarkMeasure measure : benchmark.measures()) {
                    System.out.printf(
                            Locale.ROOT,
                            "%s %s %.4f%n",
                            task,
                            measure.title(),
                            measure.score(measure.tallies(benchmark.tasks(), responses)));
                }
            }
        }
        System.out.printf(Locale.ROOT, "seconds %.2f%n", nanos / 1e9);
    }

    private static List<List<BenchmarkResponse>> responses(EngineResponses engine, List<BenchmarkTask.Row> rows) {
        List<List<BenchmarkResponse>> all = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += ROWS_AT_ONCE) {
            List<BenchmarkTask.Row> shard = rows.subList(from, Math.min(from + ROWS_AT_ONCE, rows.size()));
            List<BenchmarkResponse> flat = engine.of(
                    shard.stream().flatMap(row -> row.requests().stream()).toList());
            int at = 0;
            for (BenchmarkTask.Row row : shard) {
                all.add(flat.subList(at, at + row.requests().size()));
                at += row.requests().size();
            }
        }
        return all;
    }
}
