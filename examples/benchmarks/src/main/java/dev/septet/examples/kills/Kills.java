package dev.septet.examples.kills;

import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.runtime.CounterRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Runs one training undisturbed and with kills, with the same number of threads.
 *
 * @param folder folder of both trainings
 * @param stages setup and train blocks as in a pipeline file
 */
public record Kills(Path folder, String stages, Path baseModel, int threads, long seed) {
    private static final String RESULT = "result ";

    /**
     * The result of the killed trainings.
     *
     * @param kills number of killed processes in all runs
     * @param insideSaves number of them that were killed during a save
     * @param runs number of completed trainings, each killed several times
     * @param equal number of runs whose adapter or model, and whose ledger, have the same bytes as
     *     those of the undisturbed training
     */
    public record Outcome(int threads, int kills, int insideSaves, int runs, int equal) {
        /** Whether every run gave the same bytes as the undisturbed training. */
        public boolean holds() {
            return runs > 0 && equal == runs;
        }
    }

    /**
     * Setup and train blocks with frequent checkpoints and validations.
     *
     * @param method method as in a pipeline file, such as {@code lora()}
     */
    public static String stages(String method, String precision, int steps) {
        return String.format(Locale.ROOT, """
            setup { seed 42; precision %s }
            train {
                method %s
                steps %d
                batch size: 4, accumulate: 2
                learningRate constant(1e-3)
                checkpoint every: 2.steps, keep: 2
                validate every: 20.steps
            }
            """, precision, method, steps);
    }

    /**
     * Kills this number of processes, and lets the last training complete.
     *
     * @throws IllegalStateException when the undisturbed training fails; the message has its output
     */
    public Outcome run(int kills) throws IOException, InterruptedException {
        return run(kills, () -> false).orElseThrow();
    }

    /**
     * Does the same in several calls: continues from the state in the folder.
     *
     * @param leave whether to stop for now; called between two processes
     * @return empty when it stopped before its end
     * @throws IllegalStateException also when the folder has another training, seed or program; the
     *     message names the differences
     */
    public Optional<Outcome> run(int kills, BooleanSupplier leave) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Conditions.of(this).requireIn(folder);
        KillTally tally = KillTally.read(folder);
        while (tally.kills() < kills || tally.underWay()) {
            if (leave.getAsBoolean()) {
                return Optional.empty();
            }
            tally = next(tally, kills);
            tally.writeTo(folder);
        }
        return Optional.of(new Outcome(threads, tally.kills(), tally.insideSaves(), tally.runs(), tally.equal()));
    }

    /** Runs one process. */
    private KillTally next(KillTally tally, int kills) throws IOException, InterruptedException {
        if (tally.undisturbed() == null) {
            return tally.begun(finish(prepared("undisturbed")));
        }
        Path store = prepared("killed-" + tally.runs());
        if (tally.kills() == kills) {
            return tally.ended(finish(store));
        }
        Death death = Death.drawn(CounterRandom.stream(seed, "kills"), tally.kills());
        List<String> said = life(store).cutShort(death);
        Optional<String> result = result(said);
        if (result.isEmpty()) {
            requireKilled(said);
        }
        return result.isPresent() ? tally.ended(result.get()) : tally.killed(wasSaving(said));
    }

    private String finish(Path store) throws IOException, InterruptedException {
        List<String> said = life(store).whole();
        return result(said).orElseThrow(() -> new IllegalStateException(String.join("\n", said)));
    }

    private TrainingProcess.Start life(Path store) {
        ClassArchive archive = new ClassArchive(folder.resolve("classes.jsa"));
        return new TrainingProcess.Start(store, request(store), threads, archive);
    }

    private Path prepared(String name) throws IOException {
        Path store = folder.resolve(name).resolve("store");
        if (!Files.exists(request(store))) {
            var request = new Assignment(stages, baseModel).in(new LocalStore(store));
            Files.write(request(store), SpecJson.mapper().writeValueAsBytes(request));
        }
        return store;
    }

    private static Path request(Path store) {
        return store.resolveSibling("request.json");
    }

    private static Optional<String> result(List<String> said) {
        return said.stream().filter(line -> line.startsWith(RESULT)).findFirst();
    }

    /** Whether the last announcement of a process was a save; its log may say more. */
    static boolean wasSaving(List<String> said) {
        return said.lastIndexOf("saving") > Math.max(said.lastIndexOf("saved"), said.lastIndexOf("begun"));
    }

    /**
     * Fails if a process ended by itself without a result, because a kill does not explain that.
     */
    static void requireKilled(List<String> said) {
        if (said.stream().anyMatch(line -> line.startsWith(MortalTraining.FAILED))) {
            throw new IllegalStateException(String.join("\n", said));
        }
    }
}
