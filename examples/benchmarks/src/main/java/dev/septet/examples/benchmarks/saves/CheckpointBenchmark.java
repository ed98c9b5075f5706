package dev.septet.examples.benchmarks.saves;

import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.CheckpointWriter;
import dev.septet.dsl.pipeline.train.CheckpointSpec;
import dev.septet.examples.benchmarks.BenchmarkModel;
import dev.septet.examples.benchmarks.Median;
import dev.septet.llm.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Measures the cost of a checkpoint in a LoRA training and the time to resume from one, and prints
 * a Markdown table. The ways to save take turns in one process; the first turn does not count.
 */
public final class CheckpointBenchmark {
    private static final double NANOS = 1e9;
    private static final String STEP = "a step";
    private static final String BESIDE = "a step, a save beside it";
    private static final String COPIED = "a save beside nothing";
    private static final String WRITTEN = "a save that is waited for";
    private static final String SCOPE = "benchmark/train";
    private static final CheckpointStore.Writer NOTHING_ELSE = folder -> {};

    private final Path model;
    private final Path folder;
    private final Map<String, List<Window>> windows = new LinkedHashMap<>();
    private final List<Double> restores = new ArrayList<>();
    private double opening;
    private double firstStep;

    private CheckpointBenchmark(Path model, Path folder) {
        this.model = model;
        this.folder = folder;
    }

    /**
     * Usage: {@code CheckpointBenchmark MODEL.gguf REPEATS}, with the number of threads in the
     * property {@code ai.djl.pytorch.num_threads}.
     */
    public static void main(String[] arguments) throws Exception {
        Path model = BenchmarkModel.folder(arguments[0]);
        Path folder = Files.createTempDirectory("septet-checkpoints");
        CheckpointBenchmark benchmark = new CheckpointBenchmark(model, folder);
        System.out.println(benchmark.table(Integer.parseInt(arguments[1])));
    }

    private String table(int repeats) throws IOException {
        LocalStore store = new LocalStore(folder);
        Fence fence = new Fence(SCOPE, 1);
        store.open(fence);
        CheckpointStore checkpoints = store.checkpoints();
        long began = System.nanoTime();
        try (Trainer trainer = LoraRun.open(model, folder);
                CheckpointWriter checkpointWriter = new CheckpointWriter(checkpoints, SCOPE, fence, 2)) {
            opening = since(began);
            firstStep = seconds(trainer::step);
            for (int turn = 0; turn <= repeats; turn++) {
                Window.Part beside = () -> checkpointWriter.commitAsync(trainer, NOTHING_ELSE, Set.of());
                Window.Part now = () -> checkpointWriter.commitNow(trainer, NOTHING_ELSE, Set.of());
                window(turn, STEP, () -> {}, trainer::step, checkpointWriter);
                window(turn, BESIDE, beside, trainer::step, checkpointWriter);
                trainer.skipStep(); // each checkpoint must have a new step
                window(turn, COPIED, beside, () -> {}, checkpointWriter);
                trainer.skipStep();
                window(turn, WRITTEN, now, () -> {}, checkpointWriter);
                restores.add(seconds(() -> trainer.rollBackTo(newest(checkpoints))));
            }
            return text(trainer.snapshotBytes(), repeats);
        }
    }

    private static Path newest(CheckpointStore checkpoints) throws IOException {
        return checkpoints.newestValid(SCOPE).checkpoint().orElseThrow().folder();
    }

    private void window(int turn, String name, Window.Part save, Window.Part step, CheckpointWriter checkpointWriter)
            throws IOException {
        Window window = Window.of(save, step, checkpointWriter::awaitCommit);
        System.err.printf("turn %d, %s: %s%n", turn, name, window);
        if (turn > 0) {
            windows.computeIfAbsent(name, any -> new ArrayList<>()).add(window);
        }
    }

    private String text(long bytes, int repeats) {
        StringBuilder text = new StringBuilder();
        int every = CheckpointSpec.DEFAULT.everySteps();
        text.append(String.format(Locale.ROOT, """
            ### Checkpoints of %.0f MB, %d repeats, medians

            | | training waits, s | s | processor s | of %d steps: waiting | processor |
            | --- | --- | --- | --- | --- | --- |
            """, bytes / 1e6, repeats, every));
        double steps = every * median(STEP, Window::elapsed);
        double processor = every * median(STEP, Window::processor);
        for (String name : windows.keySet()) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.3f | %.2f | %.2f | %.3f %% | %.3f %% |%n",
                    name,
                    median(name, Window::pause),
                    median(name, Window::elapsed),
                    median(name, Window::processor),
                    100 * median(name, Window::pause) / steps,
                    100 * median(name, Window::processor) / processor));
        }
        return text.append(String.format(
                        Locale.ROOT,
                        "%nRestored in %.2f s (median; at most %.2f); before, the model was opened in %.2f s. The first step took %.2f s.%n",
                        Median.of(restores),
                        restores.stream().max(Double::compare).orElseThrow(),
                        opening,
                        firstStep))
                .toString();
    }

    private double median(String name, ToDoubleFunction<Window> value) {
        return Median.of(windows.getOrDefault(name, List.of()).stream()
                .map(window -> value.applyAsDouble(window))
                .toList());
    }

    private static double seconds(Window.Part part) throws IOException {
        long began = System.nanoTime();
        part.run();
        return since(began);
    }

    private static double since(long began) {
        return (System.nanoTime() - began) / NANOS;
    }
}
