package dev.septet.activities.evaluate.rival;

import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.TextRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The train split of a prepared dataset, which has no row of the exam. Rows are numbered from 0. */
final class RetrievableRows {
    private final Path file;
    private final int mostCharacters;

    /**
     * @param dataset folder of the prepared dataset
     * @param mostCharacters characters of a text that an index reads, and of the longest row that can fit a prompt
     */
    RetrievableRows(Path dataset, int mostCharacters) {
        file = dataset.resolve("train.jsonl");
        this.mostCharacters = mostCharacters;
    }

    /**
     * The size of the rows.
     *
     * @param bytes of their questions and answers in UTF-8
     */
    record Size(int rows, long bytes) {}

    /** Receives the number of rows so far. */
    @FunctionalInterface
    interface Progress {
        void report(int rows);
    }

    /** Adds all rows to an index. */
    Size index(NearestRows index, Progress progress) throws IOException {
        int count = 0;
        long bytes = 0;
        try (PreparedRows rows = PreparedRows.open(file)) {
            for (Optional<Row> next = rows.next(); next.isPresent(); next = rows.next()) {
                Row row = next.get();
                index.add(shortened(text(row)));
                bytes += text(row).getBytes(StandardCharsets.UTF_8).length;
                bytes += row.reference().orElse("").getBytes(StandardCharsets.UTF_8).length;
                progress.report(++count);
            }
        }
        index.complete();
        return new Size(count, bytes);
    }

    /** The text by which a row is found: its question, or all of a plain text. */
    static String text(Row row) {
        return row instanceof TextRow text ? text.text() : row.promptText();
    }

    /** The same without what an index does not read. */
    String shortened(String text) {
        int end = Math.min(text.length(), mostCharacters);
        return text.substring(0, end > 0 && Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
    }

    /**
     * The rows with these numbers, without those that are too long for any prompt.
     *
     * @param most characters of all rows
     * @return empty when they have more
     */
    Optional<Map<Integer, Row>> read(Collection<int[]> numbers, long most) throws IOException {
        BitSet wanted = new BitSet();
        numbers.forEach(each -> {
            for (int number : each) {
                wanted.set(number);
            }
        });
        Map<Integer, Row> found = new TreeMap<>();
        long characters = 0;
        try (PreparedRows rows = PreparedRows.open(file)) {
            for (int number = 0; number < wanted.length(); number++) {
                Row row = rows.next().orElseThrow();
                int length = text(row).length() + row.reference().orElse("").length();
                if (wanted.get(number) && length <= mostCharacters) {
                    found.put(number, row);
                    characters += length;
                    if (characters > most) {
                        return Optional.empty();
                    }
                }
            }
        }
        return Optional.of(found);
    }
}
