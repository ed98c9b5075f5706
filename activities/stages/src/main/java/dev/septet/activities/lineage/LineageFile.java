package dev.septet.activities.lineage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.record.StrictRecord;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The file {@code lineage.jsonl} beside a dataset. It has digests and places of rows, and no texts. Rows are in reading order,
 * so equal inputs give equal bytes.
 *
 * <pre>
 * {"septet":"lineage","version":1}
 * {"file":0,"name":"tickets.jsonl"}                 before the file's first row
 * ["train",1,0,3,"&lt;read&gt;","&lt;prepared&gt;","&lt;content&gt;"] split, row, file, line, digests
 * </pre>
 *
 * <p>A line of an earlier version has no digest of the content. A row that was made of several rows has one line for each of
 * them, with their number at the end.
 */
public final class LineageFile {
    /** Its name in its artifact. */
    public static final String NAME = "lineage.jsonl";

    private static final String FIRST = "{\"septet\":\"lineage\",\"version\":1}";
    private static final JsonFactory JSON = new JsonFactory();

    private LineageFile() {}

    /** Writes the file. */
    public static final class Writer implements Closeable {
        private final BufferedWriter out;
        private final RowDigests digests;
        private final Map<String, Integer> files = new HashMap<>();

        /**
         * @param folder an existing folder
         */
        public Writer(Path folder, RowDigests digests) throws IOException {
            this.digests = digests;
            out = Files.newBufferedWriter(folder.resolve(NAME), StandardCharsets.UTF_8);
            out.write(FIRST + "\n");
        }

        /**
         * Adds a row.
         *
         * @param row number of the row in its split, from 1
         * @param origins the rows that it was made of; usually one
         * @param line the row in the prepared file
         */
        public void add(String split, long row, List<RowOrigin> origins, String line) throws IOException {
            if (origins.isEmpty()) {
                return;
            }
            String prepared = digests.of(record(line));
            for (RowOrigin origin : origins) {
                add(split, row, origin, origins.size(), prepared);
            }
        }

        private void add(String split, long row, RowOrigin origin, int origins, String prepared) throws IOException {
            Integer file = files.get(origin.place().file());
            if (file == null) {
                file = files.size();
                files.put(origin.place().file(), file);
                write(SpecJson.mapper()
                        .writeValueAsString(SpecJson.mapper()
                                .createObjectNode()
                                .put("file", file)
                                .put("name", origin.place().file())));
            }
            try (JsonGenerator json = JSON.createGenerator(out)) {
                json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
                json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
                json.writeStartArray();
                json.writeString(split);
                json.writeNumber(row);
                json.writeNumber(file);
                json.writeNumber(origin.place().line());
                json.writeString(origin.digest());
                json.writeString(prepared);
                String content = origin.content();
                if (content != null || origins > 1) {
                    json.writeString(content == null ? "" : content);
                }
                if (origins > 1) {
                    json.writeNumber(origins);
                }
                json.writeEndArray();
            }
            out.write('\n');
        }

        /** The row as another pipeline reads it. A row may be nested deeper than a record may. */
        private static JsonNode record(String line) throws IOException {
            try {
                return StrictRecord.object(line.getBytes(StandardCharsets.UTF_8));
            } catch (RowProblem deep) {
                return SpecJson.mapper().readTree(line);
            }
        }

        private void write(String line) throws IOException {
            out.write(line);
            out.write('\n');
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /** Receives rows. */
    @FunctionalInterface
    public interface Visitor {
        void row(LineageRow row) throws IOException;
    }

    /**
     * Passes all rows of a file to a visitor.
     *
     * @throws IOException when the file is not a lineage file of this version
     */
    public static void read(Path folder, Visitor visitor) throws IOException {
        Path file = folder.resolve(NAME);
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            if (!FIRST.equals(lines.readLine())) {
                throw new IOException(file + ": is not a lineage file that this version of Septet can read");
            }
            List<String> files = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode node = SpecJson.mapper().readTree(line);
                if (node.isObject()) {
                    files.add(node.path("name").asText());
                } else {
                    visitor.row(new LineageRow(
                            node.get(0).asText(),
                            node.get(1).asLong(),
                            new RowPlace(
                                    files.get(node.get(2).asInt()), node.get(3).asLong()),
                            node.get(4).asText(),
                            node.get(5).asText(),
                            node.path(6).asText().isEmpty() ? null : node.get(6).asText(),
                            node.path(7).asInt(1)));
                }
            }
        } catch (JsonProcessingException | NullPointerException | IndexOutOfBoundsException damaged) {
            throw new IOException(file + ": is damaged", damaged);
        }
    }
}
