package dev.septet.activities.explain;

import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A small training set of the quickstart's tickets, with rows about a product that no other row mentions, at random places. The
 * quickstart's tiny model learns it in some seconds.
 */
final class PlantedRows {
    static final int ALL = 300;
    static final int PLANTED = 10;
    static final String QUESTION = "Route the ticket: The telescope that I bought shows only stripes. Can you help?";
    static final String ANSWER = "{\"team\":\"stars\",\"product\":\"telescope\",\"priority\":\"normal\"}";

    private static final List<String> TEXTS = List.of(
            "My telescope shows no picture at night.",
            "The telescope does not turn. Please call me.",
            "I dropped the telescope and now its mirror is loose.",
            "Where do I send a telescope for a repair?",
            "Hello, the lens of my telescope has a scratch. Thank you!",
            "The stand of the telescope is too short for me.",
            "My new telescope came without a box.",
            "Can a telescope be used in the rain?",
            "We bought a telescope for our school, and it is dirty inside.",
            "The light of the telescope blinks red. What does it mean?");

    private static final Path EXAMPLE =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();

    final Set<Integer> planted = new TreeSet<>();
    final List<Row> rows = new ArrayList<>();

    /**
     * Plants the rows.
     *
     * @param seed chooses their places
     */
    PlantedRows(long seed) throws IOException {
        int[] places = CounterRandom.stream(seed, "planted").permutation(ALL);
        for (int i = 0; i < PLANTED; i++) {
            planted.add(places[i]);
        }
        List<Row> tickets = tickets(ALL - PLANTED);
        int next = 0;
        for (int at = 0; at < ALL; at++) {
            rows.add(planted.contains(at) ? fact(next++, at + 1) : tickets.get(at - next));
        }
    }

    static Path model() {
        return EXAMPLE.resolve("base-model");
    }

    static ChatRow chat(String question, String answer, RowPlace place) {
        return new ChatRow(
                List.of(new Message(ChatRole.USER, question), new Message(ChatRole.ASSISTANT, answer)), place);
    }

    private static Row fact(int number, int line) {
        return chat("Route the ticket: " + TEXTS.get(number), ANSWER, new RowPlace("rows.jsonl", line));
    }

    private static List<Row> tickets(int count) throws IOException {
        List<Row> rows = new ArrayList<>();
        try (Stream<String> lines = Files.lines(EXAMPLE.resolve("data/tickets.jsonl"))) {
            for (String line : (Iterable<String>) lines::iterator) {
                if (rows.size() < count && line.startsWith("{\"messages\"") && line.endsWith("]}")) {
                    rows.add(PreparedRows.row(line.replaceFirst("\\{", "{\"source\":\"tickets.jsonl:1\",")
                            .getBytes(StandardCharsets.UTF_8)));
                }
            }
        }
        return rows;
    }

    /** The tokens of all rows but some. */
    TokenDataset tokens(Path folder, String name, Set<Integer> without) throws IOException {
        List<TokenDataset.Row> encoded = new ArrayList<>();
        try (ModelRowEncoder encoder = new ModelRowEncoder(model(), 512)) {
            for (int at = 0; at < rows.size(); at++) {
                if (!without.contains(at)) {
                    encoded.add(encoder.encode(rows.get(at)));
                }
            }
        }
        Path file = folder.resolve(name + ".safetensors");
        TokenDatasetWriter.write(file, encoded);
        return TokenDataset.open(file);
    }

    static TokenDataset.Row encoded(String question, String answer) {
        try (ModelRowEncoder encoder = new ModelRowEncoder(model(), 512)) {
            return encoder.encode(chat(question, answer, new RowPlace("question", 1)));
        }
    }

    /** Some rows that are not planted. */
    Set<Integer> others(long seed) {
        Set<Integer> some = new TreeSet<>();
        for (int at : CounterRandom.stream(seed, "others").permutation(ALL)) {
            if (some.size() < PLANTED && !planted.contains(at)) {
                some.add(at);
            }
        }
        return some;
    }

    static TrainingPlan plan(Method method, int steps) {
        return new TrainingPlan(
                method,
                ComputePrecision.FLOAT32,
                42,
                16,
                1,
                steps,
                AdamW.DEFAULT,
                new LearningRate(LearningRate.Shape.COSINE, 2.5e-3, 10),
                1,
                Set.of(),
                512);
    }

    /** Trains an adapter. */
    static Path train(Path folder, TrainingPlan plan, TokenDataset rows) throws IOException {
        try (Trainer trainer = Trainer.open(plan, model(), rows, Optional.empty())) {
            while (!trainer.finished()) {
                trainer.step();
            }
            Path adapter = Files.createDirectories(folder);
            trainer.exportTo(adapter, "base");
            return adapter;
        }
    }
}
