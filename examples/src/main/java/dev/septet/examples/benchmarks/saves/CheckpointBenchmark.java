package dev.septet.examples.benchmarks.saves;

import dev.septet.activities.basemodel.GgufModels;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.Saves;
import dev.septet.dsl.spec.CheckpointSpec;
import dev.septet.examples.benchmarks.Median;
import dev.septet.llm.train.Trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * What a checkpoint costs a LoRA training, and how long it takes to go on from one, as a table in
 * Markdown. The ways to save take turns in one process; the first turn does not count.
 */
public final class CheckpointBenchmark {
    private static final int STEPS = 2;
    private static final double NANOS = 1e9;
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
     * Usage: {@code CheckpointBenchmark MODEL.gguf REPEATS}, with the threads in the property
     * {@code ai.djl.pytorch.num_threads}.
     */
    public static void main(String[] arguments) throws Exception {
        Path model =
                GgufModels.of(System.getenv(), Path.of(System.getProperty("user.home")))
                        .folder(Path.of(arguments[0]));
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
                Saves saves = new Saves(checkpoints, SCOPE, fence, 2)) {
            opening = since(began);
            firstStep = seconds(trainer::step);
            for (int turn = 0; turn <= repeats; turn++) {
                window(turn, "none", trainer, saves, () -> {});
                window(
                        turn,
                        "beside the steps",
                        trainer,
                        saves,
                        () -> saves.beside(trainer, NOTHING_ELSE, Set.of()));
                window(
                        turn,
                        "the steps wait",
                        trainer,
                        saves,
                        () -> saves.now(trainer, NOTHING_ELSE, Set.of()));
                restores.add(
                        seconds(
                                () ->
                                        trainer.rollBackTo(
                                                checkpoints
                                                        .newestValid(SCOPE)
                                                        .checkpoint()
                                                        .orElseThrow()
                                                        .folder())));
            }
            return text(trainer.snapshotBytes(), repeats);
        }
    }

    private void window(int turn, String name, Trainer trainer, Saves saves, Window.Part save)
            throws IOException {
        Window window = Window.of(save, () -> takeSteps(trainer), saves::settle);
        System.err.printf("turn %d, %s: %s%n", turn, name, window);
        if (turn > 0) {
            windows.computeIfAbsent(name, any -> new ArrayList<>()).add(window);
        }
    }

    private static void takeSteps(Trainer trainer) {
        for (int step = 0; step < STEPS; step++) {
            trainer.step();
        }
    }

    private String text(long bytes, int repeats) {
        StringBuilder text = new StringBuilder();
        int every = CheckpointSpec.DEFAULT.everySteps();
        double plain = median("none", Window::elapsed);
        double plainProcessor = median("none", Window::processor);
        text.append(
                """
                ### Checkpoints of %.0f MB, windows of %d steps, %d repeats

                | save | pause, s | window, s | more than none, s | in processor s | share of %d steps |
                | --- | --- | --- | --- | --- | --- |
                """
                        .formatted(bytes / 1e6, STEPS, repeats, every));
        for (String name : windows.keySet()) {
            double more = median(name, Window::elapsed) - plain;
            text.append(
                    "| %s | %.3f | %.2f | %.2f | %.2f | %.2f %% |%n"
                            .formatted(
                                    name,
                                    median(name, Window::pause),
                                    median(name, Window::elapsed),
                                    more,
                                    median(name, Window::processor) - plainProcessor,
                                    100 * more / (every * plain / STEPS)));
        }
        return text.append(
                        "%nRestored in %.2f s (median; at most %.2f); the model was opened in %.2f s, the first step took %.2f s.%n"
                                .formatted(
                                        Median.of(restores),
                                        restores.stream().max(Double::compare).orElseThrow(),
                                        opening,
                                        firstStep))
                .toString();
    }

    private double median(String name, ToDoubleFunction<Window> value) {
        return Median.of(
                windows.getOrDefault(name, List.of()).stream()
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
