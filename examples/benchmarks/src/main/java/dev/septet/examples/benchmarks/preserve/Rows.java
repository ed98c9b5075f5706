package dev.septet.examples.benchmarks.preserve;

import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.examples.QuickstartData;
import dev.septet.examples.world.Talk;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The rows for training, replay and evaluation. There are two exams. The first is used to choose
 * strengths. The second has the quickstart's own forgetting suite and gives the reported results.
 * No row of an exam is used for training or replay.
 *
 * @param folder folder of the files; missing files are created
 */
record Rows(Path folder) {
    private static final int LEARNED = 2500;
    private static final int ASKED = 80;
    private static final int GENERAL = 400;
    private static final int SUITE = 200;
    private static final int LONGEST = 256;

    /** An evaluation set of tickets and general skills. */
    record Exam(TokenDataset task, TokenDataset suite) {}

    TokenDataset learned() {
        return open("learned");
    }

    TokenDataset general() {
        return open("general");
    }

    /** The exam for the reported results, or the one for the choice of strengths. */
    Exam exam(boolean reported) {
        String name = reported ? "reported" : "chosen-by";
        return new Exam(open("task-" + name), open("suite-" + name));
    }

    private TokenDataset open(String name) {
        return TokenDataset.open(folder.resolve(name + ".safetensors"));
    }

    /**
     * Creates the files.
     *
     * @param quickstart the quickstart's folder
     */
    void make(Path quickstart) throws IOException {
        if (Files.exists(folder)) {
            return;
        }
        Path data = quickstart.resolve("data");
        List<Row> tickets = read(data.resolve("tickets.jsonl"));
        List<Row> suite = read(data.resolve("general.jsonl"));
        Set<String> taken = new LinkedHashSet<>();
        suite.forEach(row -> taken.add(RowJson.canonical(row)));
        List<Row> otherSuite = talk("another suite", SUITE, taken);
        List<Row> general = talk("replayed", GENERAL, taken);
        Path made = Files.createTempDirectory(folder.toAbsolutePath().getParent(), "rows");
        try (ModelRowEncoder encoder = new ModelRowEncoder(quickstart.resolve("base-model"), LONGEST)) {
            write(encoder, made, "learned", tickets.subList(0, LEARNED));
            write(encoder, made, "task-chosen-by", tickets.subList(LEARNED, LEARNED + ASKED));
            write(encoder, made, "task-reported", tickets.subList(LEARNED + ASKED, LEARNED + 2 * ASKED));
            write(encoder, made, "general", general);
            write(encoder, made, "suite-chosen-by", otherSuite);
            write(encoder, made, "suite-reported", suite);
        }
        Files.move(made, folder);
    }

    /** Chats that are not taken yet. */
    private static List<Row> talk(String purpose, int count, Set<String> taken) {
        Talk talk = new Talk(QuickstartData.SEED, purpose);
        List<Row> rows = new ArrayList<>();
        for (long number = 0; rows.size() < count; number++) {
            Row row = talk.exchange(number).row(new RowPlace(purpose, number + 1));
            if (taken.add(RowJson.canonical(row))) {
                rows.add(row);
            }
        }
        return rows;
    }

    /** The valid rows of a file. */
    private static List<Row> read(Path file) throws IOException {
        List<Row> rows = new ArrayList<>();
        try (DatasetReader reader =
                DatasetReader.open(new SourceFile(file, file.getFileName().toString()), DatasetFormat.AUTO)) {
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                if (next.get() instanceof Row row) {
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    private static void write(ModelRowEncoder encoder, Path folder, String name, List<Row> rows) throws IOException {
        TokenDatasetWriter.write(
                folder.resolve(name + ".safetensors"),
                rows.stream().map(encoder::encode).toList());
    }
}
