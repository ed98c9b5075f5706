package dev.septet.activities.prepare;

import com.fasterxml.jackson.databind.ObjectWriter;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes one record per line. Opening creates the file, even when no record follows. */
public final class JsonLinesFile implements Closeable {
    private static final ObjectWriter JSON = SpecJson.mapper().writer();

    private final BufferedWriter out;

    public JsonLinesFile(Path file) throws IOException {
        this(Files.newBufferedWriter(file, StandardCharsets.UTF_8));
    }

    private JsonLinesFile(BufferedWriter out) {
        this.out = out;
    }

    /** A writer that discards everything. */
    public static JsonLinesFile none() {
        return new JsonLinesFile(new BufferedWriter(Writer.nullWriter()));
    }

    public void add(Object record) throws IOException {
        line(JSON.writeValueAsString(record));
    }

    void line(String json) throws IOException {
        out.write(json);
        out.write('\n');
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
