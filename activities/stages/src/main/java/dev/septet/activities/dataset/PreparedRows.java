package dev.septet.activities.dataset;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.file.ByteCursor;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.JsonLines;
import dev.septet.activities.dataset.file.Slice;
import dev.septet.activities.dataset.format.FormatDetection;
import dev.septet.activities.dataset.format.RowFormat;
import dev.septet.activities.dataset.record.Fields;
import dev.septet.activities.dataset.record.StrictRecord;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.text.PublicText;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the rows of a prepared split, such as {@code test.jsonl}, with their original places. */
public final class PreparedRows implements Closeable {
    private final Path file;
    private final ByteCursor cursor;
    private final JsonLines lines;

    private PreparedRows(Path file) throws IOException {
        this.file = file;
        cursor = new ByteCursor(Files.newInputStream(file));
        lines = new JsonLines(cursor);
    }

    /** Opens a file that the prepare stage wrote. */
    public static PreparedRows open(Path file) throws IOException {
        return new PreparedRows(file);
    }

    /** The first rows of a prepared split; {@code limit} 0 = all. */
    public static List<Row> read(Path file, int limit) throws IOException {
        List<Row> rows = new ArrayList<>();
        try (PreparedRows prepared = open(file)) {
            for (var row = prepared.next(); row.isPresent(); row = prepared.next()) {
                rows.add(row.get());
                if (rows.size() == limit) {
                    break;
                }
            }
        }
        return rows;
    }

    /** The first rows of a prepared split with their columns; {@code limit} 0 = all. */
    public static List<WithMeta> readWithMeta(Path file, int limit) throws IOException {
        List<WithMeta> rows = new ArrayList<>();
        try (PreparedRows prepared = open(file)) {
            for (var row = prepared.nextWithMeta(); row.isPresent(); row = prepared.nextWithMeta()) {
                rows.add(row.get());
                if (rows.size() == limit) {
                    break;
                }
            }
        }
        return rows;
    }

    /** The next row; empty at the end. */
    public Optional<Row> next() throws IOException {
        return nextWithMeta().map(WithMeta::row);
    }

    private Optional<WithMeta> nextWithMeta() throws IOException {
        Optional<Slice> slice = lines.next();
        if (slice.isEmpty()) {
            return Optional.empty();
        }
        try {
            ObjectNode record = StrictRecord.written(slice.get().bytes());
            return Optional.of(new WithMeta(row(record), RowMeta.ofPrepared(record)));
        } catch (RowProblem e) {
            throw new DatasetProblem(
                    DatasetProblem.Blame.DATA,
                    PublicText.of(
                            "%s:%d: %s; prepare the dataset again",
                            PublicText.file(String.valueOf(file.getFileName())),
                            slice.get().line(),
                            e.reason()));
        }
    }

    /**
     * The row of a line that the stage wrote.
     *
     * @throws RowProblem when it is no such line
     */
    public static Row row(byte[] line) {
        return row(StrictRecord.written(line));
    }

    private static Row row(ObjectNode record) {
        RowPlace place = RowPlace.parse(Fields.text(record, "source"));
        DatasetFormat format = FormatDetection.of(record)
                .orElseThrow(() -> new RowProblem(PublicText.of("the row's shape is not known")));
        return RowFormat.of(format).row(record, place);
    }

    /** A row and its columns. */
    public record WithMeta(Row row, RowMeta meta) {}

    /** Reads a line of a prepared file, which this process wrote. */
    public static WithMeta parse(String line) {
        ObjectNode record = StrictRecord.written(line.getBytes(StandardCharsets.UTF_8));
        return new WithMeta(row(record), RowMeta.ofPrepared(record));
    }

    @Override
    public void close() throws IOException {
        cursor.close();
    }
}
