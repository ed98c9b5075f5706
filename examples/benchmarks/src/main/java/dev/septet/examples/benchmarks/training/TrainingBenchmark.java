package dev.septet.examples.benchmarks.training;

import dev.septet.examples.benchmarks.BenchmarkModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Measures training steps, and prints Markdown tables. */
public final class TrainingBenchmark {
    private TrainingBenchmark() {}

    /**
     * Usage: {@code TrainingBenchmark COMPARISON MODEL.gguf CONVERSATIONS.jsonl PYTHON REPEATS},
     * with the number of threads of all programs in the property {@code
     * ai.djl.pytorch.num_threads}.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path model = BenchmarkModel.folder(arguments[1]);
        int threads = Integer.getInteger("ai.djl.pytorch.num_threads", 1);
        Path folder = Files.createTempDirectory("septet-benchmark");
        try (Tokenizer tokenizer = Tokenizer.open(model)) {
            Chats chats = new Chats(model, tokenizer, Path.of(arguments[2]));
            Comparisons comparisons = new Comparisons(new Field(model, Path.of(arguments[3]), folder, threads), chats);
            boolean uneven = arguments[0].equals("chat");
            List<SpeedComparison> all = comparisons.named(arguments[0]);
            for (SpeedComparison comparison : all) {
                List<Measured> rows = Race.run(comparison, Integer.parseInt(arguments[4]), uneven ? 4 : 1);
                System.out.println(StepTable.of(comparison, rows));
            }
        }
    }
}
