package dev.septet.activities.prepare;

import com.fasterxml.jackson.core.JsonGenerator;
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

    /** Writes the fields of a record. */
    @FunctionalInterface
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    /** Adds a record that is too large for the heap. */
    void write(Fields fields) throws IOException {
        try (JsonGenerator json = SpecJson.mapper().getFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        }
        out.write('\n');
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
