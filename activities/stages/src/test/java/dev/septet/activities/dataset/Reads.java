package dev.septet.activities.dataset;

import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Datasets from bytes in memory. */
public final class Reads {
    private Reads() {}

    static List<Reading> all(String name, String content) {
        return all(name, content.getBytes(StandardCharsets.UTF_8), DatasetFormat.AUTO);
    }

    static List<Reading> all(String name, byte[] content, DatasetFormat format) {
        try (DatasetReader reader = DatasetReader.open(new ByteArrayInputStream(content), name, format)) {
            List<Reading> readings = new ArrayList<>();
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                readings.add(next.get());
            }
            return readings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Row row(String json) {
        Reading reading = all("rows.jsonl", json).get(0);
        if (reading instanceof Row row) {
            return row;
        }
        throw new AssertionError(reading.toString());
    }

    /** "file:line: reason" of a bad row, the canonical JSON of a good one. */
    public static List<String> printed(String name, String content) {
        return all(name, content).stream().map(Reads::print).toList();
    }

    public static String print(Reading reading) {
        return reading instanceof Row row ? RowJson.line(row) : reading.toString();
    }
}
