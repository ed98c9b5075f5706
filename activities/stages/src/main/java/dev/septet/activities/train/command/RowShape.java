package dev.septet.activities.train.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The shape of prepared rows, by their first one. */
final class RowShape {
    private RowShape() {}

    /** {@code chat}, {@code completion}, {@code preference} or {@code text}. */
    static String of(Path rows) throws IOException {
        try (BufferedReader in = Files.newBufferedReader(rows)) {
            String line = in.readLine();
            JsonNode row = SpecJson.mapper().readTree(line == null ? "{}" : line);
            if (row.has("chosen")) {
                return "preference";
            }
            return row.has("messages") ? "chat" : row.has("text") ? "text" : "completion";
        }
    }
}
