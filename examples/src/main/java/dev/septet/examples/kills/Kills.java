package dev.septet.examples.kills;

import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.spec.SpecJson;
import dev.septet.llm.runtime.CounterRandom;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One training, undisturbed and killed, with as many threads.
 *
 * @param folder where both work
 */
public record Kills(Path folder, String train, Path baseModel, int threads, long seed) {
    private static final String RESULT = "result ";

    /**
     * What came of it.
     *
     * @param kills processes that were killed, in all runs
     * @param insideSaves how many of them while they saved
     * @param runs trainings that came to their end, each killed several times
     * @param equal how many of them had the undisturbed one's adapter or model, and its ledger,
     *     byte for byte
     */
    public record Outcome(
            String train, int threads, int kills, int insideSaves, int runs, int equal) {
        /** Whether every run ended in the undisturbed one's bytes. */
        public boolean holds() {
            return runs > 0 && equal == runs;
        }
    }

    /**
     * Kills so many processes, and lets the last training come to its end.
     *
     * @throws IllegalStateException when the undisturbed training fails; its words are in the
     *     message
     */
    public Outcome run(int kills) throws IOException, InterruptedException {
        String undisturbed = finish("undisturbed");
        CounterRandom random = CounterRandom.stream(seed, "kills");
        int done = 0;
        int insideSaves = 0;
        int runs = 0;
        int equal = 0;
        while (done < kills) {
            Path store = prepared("killed-" + runs);
            Optional<String> result = Optional.empty();
            while (result.isEmpty() && done < kills) {
                List<String> said =
                        Life.cutShort(store, request(store), threads, Death.drawn(random, done));
                result = result(said);
                if (result.isEmpty()) {
                    requireKilled(said);
                    done++;
                    insideSaves += endsWith(said, "saving") ? 1 : 0;
                }
            }
            String end = result.isPresent() ? result.get() : finish(store);
            runs++;
            equal += end.equals(undisturbed) ? 1 : 0;
        }
        return new Outcome(train, threads, done, insideSaves, runs, equal);
    }

    private String finish(String name) throws IOException, InterruptedException {
        return finish(prepared(name));
    }

    private String finish(Path store) throws IOException, InterruptedException {
        List<String> said = Life.whole(store, request(store), threads);
        return result(said).orElseThrow(() -> new IllegalStateException(String.join("\n", said)));
    }

    private Path prepared(String name) throws IOException {
        Path store = folder.resolve(name).resolve("store");
        var request = new Assignment(train, baseModel).in(new LocalStore(store));
        Files.write(request(store), SpecJson.mapper().writeValueAsBytes(request));
        return store;
    }

    private static Path request(Path store) {
        return store.resolveSibling("request.json");
    }

    private static Optional<String> result(List<String> said) {
        return said.stream().filter(line -> line.startsWith(RESULT)).findFirst();
    }

    private static boolean endsWith(List<String> said, String word) {
        return !said.isEmpty() && said.get(said.size() - 1).equals(word);
    }

    /** A process that ends by itself without a result has failed, which no kill explains. */
    private static void requireKilled(List<String> said) {
        if (said.stream().anyMatch(line -> line.contains("Exception"))) {
            throw new IllegalStateException(String.join("\n", said));
        }
    }
}
