package dev.septet.activities.evaluate.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.columnar.Columnar;
import dev.septet.activities.dataset.compression.Compression;
import dev.septet.activities.dataset.file.ByteCursor;
import dev.septet.activities.dataset.file.Container;
import dev.septet.activities.dataset.file.CsvRecords;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.JsonArray;
import dev.septet.activities.dataset.file.JsonLines;
import dev.septet.activities.dataset.file.Slice;
import dev.septet.activities.dataset.file.Slicer;
import dev.septet.activities.dataset.file.SourceContent;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.record.StrictRecord;
import dev.septet.dsl.text.PublicText;
import dev.septet.workflows.FailureType;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a benchmark as lm-evaluation-harness has them after {@code datasets.load_dataset}: every row has every column, null
 * where its record has none, and a column of whole and other numbers has no whole numbers. A row's values are plain: texts,
 * Long, Double, Boolean, nulls, lists and maps.
 *
 * @param columns names of the columns
 */
record BenchmarkRows(List<Map<String, @Nullable Object>> rows, Set<String> columns) {
    private static final int MOST_ROWS = 1_000_000;
    private static final ObjectReader CSV =
            new CsvMapper().enable(CsvParser.Feature.WRAP_AS_ARRAY).readerFor(String[][].class);
    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,18}");
    private static final Pattern DECIMAL = Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?");

    /** Cells that pandas, and with it {@code datasets}, reads as missing. */
    private static final Set<String> MISSING = Set.of(
            "",
            "#N/A",
            "#N/A N/A",
            "#NA",
            "-1.#IND",
            "-1.#QNAN",
            "-NaN",
            "-nan",
            "1.#IND",
            "1.#QNAN",
            "<NA>",
            "N/A",
            "NA",
            "NULL",
            "NaN",
            "None",
            "n/a",
            "nan",
            "null");

    /**
     * Reads the files of a split.
     *
     * @throws StageProblem POISON_DATA naming the first bad row
     */
    static BenchmarkRows read(BenchmarkFiles files, List<String> written) throws IOException {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (String name : written) {
            read(files.data(name), name, rows);
        }
        return of(rows);
    }

    /** Rows with equal columns. */
    static BenchmarkRows of(List<Map<String, @Nullable Object>> rows) {
        Set<String> columns = new LinkedHashSet<>();
        rows.forEach(row -> columns.addAll(row.keySet()));
        for (String column : columns) {
            boolean whole = false;
            boolean decimal = false;
            for (Map<String, @Nullable Object> row : rows) {
                row.putIfAbsent(column, null);
                whole |= row.get(column) instanceof Long;
                decimal |= row.get(column) instanceof Double;
            }
            if (whole && decimal) {
                replace(rows, column, value -> value instanceof Long number ? (Double) number.doubleValue() : value);
            }
        }
        return new BenchmarkRows(rows, columns);
    }

    private static void replace(
            List<Map<String, @Nullable Object>> rows, String column, UnaryOperator<@Nullable Object> change) {
        rows.forEach(row -> row.put(column, change.apply(row.get(column))));
    }

    private static void read(Path path, String name, List<Map<String, @Nullable Object>> rows) throws IOException {
        SourceContent content = Compression.of(name)
                .map(SourceContent.class::cast)
                .or(() -> Columnar.of(name).map(SourceContent.class::cast))
                .orElse(SourceContent.PLAIN);
        String layout = content.layoutName(name);
        try (ByteCursor cursor =
                new ByteCursor(new BufferedInputStream(new SourceFile(path, name, content).open(), 1 << 16))) {
            Container container = Container.of(layout, cursor);
            Slicer slicer = switch (container) {
                case LINES -> new JsonLines(cursor);
                case ARRAY -> new JsonArray(cursor, name);
                case CSV -> new CsvRecords(cursor);
            };
            if (container == Container.CSV) {
                table(slicer, name, rows);
                return;
            }
            for (Optional<Slice> slice = slicer.next(); slice.isPresent(); slice = slicer.next()) {
                ObjectNode record = row(slice.get(), name, rows, StrictRecord::object);
                Map<String, @Nullable Object> row = new LinkedHashMap<>();
                record.properties().forEach(field -> row.put(field.getKey(), plain(field.getValue())));
                rows.add(row);
            }
        } catch (DatasetProblem e) {
            throw new StageProblem(FailureType.POISON_DATA, "benchmark: " + e.getMessage(), e);
        }
    }

    /** Reads one record of a slice. */
    private interface Parser<R> {
        R parse(byte[] bytes);
    }

    private static <R> R row(Slice slice, String name, List<?> rows, Parser<R> parser) {
        try {
            if (slice.problem() != null) {
                throw new RowProblem(slice.problem());
            }
            if (slice.tooLong() || slice.unfinished() || rows.size() >= MOST_ROWS) {
                throw bad(name, slice.line(), "is too long, is not closed, or is one of too many rows");
            }
            return parser.parse(slice.bytes());
        } catch (RowProblem e) {
            throw bad(name, slice.line(), e.reason().toString());
        }
    }

    private static StageProblem bad(String name, long line, String reason) {
        return new StageProblem(
                FailureType.POISON_DATA,
                String.format(Locale.ROOT, "benchmark: %s:%d: %s; correct the row", name, line, reason));
    }

    private static void table(Slicer slicer, String name, List<Map<String, @Nullable Object>> rows) throws IOException {
        Optional<Slice> first = slicer.next();
        if (first.isEmpty()) {
            return;
        }
        List<String> header = row(first.get(), name, rows, BenchmarkRows::cells);
        List<Map<String, @Nullable Object>> table = new ArrayList<>();
        for (Optional<Slice> slice = slicer.next(); slice.isPresent(); slice = slicer.next()) {
            List<String> cells = row(slice.get(), name, rows, BenchmarkRows::cells);
            if (cells.size() != header.size()) {
                throw bad(
                        name,
                        slice.get().line(),
                        String.format(
                                Locale.ROOT, "has %d cells, but the header names %d", cells.size(), header.size()));
            }
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            for (int at = 0; at < cells.size(); at++) {
                row.put(header.get(at), MISSING.contains(cells.get(at)) ? null : cells.get(at));
            }
            table.add(row);
        }
        header.forEach(column -> typed(table, column));
        rows.addAll(table);
    }

    private static List<String> cells(byte[] bytes) {
        try {
            String[][] records = CSV.readValue(StrictRecord.text(bytes));
            return records == null || records.length == 0 ? List.of() : List.of(records[0]);
        } catch (JsonProcessingException e) {
            throw new RowProblem(PublicText.of("is not valid CSV: check its quotes and commas"));
        }
    }

    /** Numbers and booleans where the whole column has them, as pandas reads it. */
    private static void typed(List<Map<String, @Nullable Object>> table, String column) {
        boolean whole = true;
        boolean decimal = true;
        boolean flags = true;
        boolean missing = false;
        for (Map<String, @Nullable Object> row : table) {
            String cell = (String) row.get(column);
            missing |= cell == null;
            if (cell != null) {
                whole &= WHOLE.matcher(cell).matches();
                decimal &= DECIMAL.matcher(cell).matches();
                flags &= cell.equalsIgnoreCase("true") || cell.equalsIgnoreCase("false");
            }
        }
        if (whole && !missing) {
            replace(table, column, cell -> cell == null ? null : (Object) Long.valueOf((String) cell));
        } else if (decimal) {
            replace(table, column, cell -> cell == null ? null : (Object) Double.valueOf((String) cell));
        } else if (flags && !missing) {
            replace(table, column, cell -> Boolean.valueOf((String) cell));
        }
    }

    private static @Nullable Object plain(JsonNode node) {
        if (node.isTextual()) {
            return node.textValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.longValue();
        }
        if (node.isNumber()) {
            return node.doubleValue();
        }
        if (node.isArray()) {
            List<@Nullable Object> items = new ArrayList<>();
            node.forEach(item -> items.add(plain(item)));
            return items;
        }
        if (node instanceof ObjectNode object) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            object.properties().forEach(field -> fields.put(field.getKey(), plain(field.getValue())));
            return fields;
        }
        return null;
    }
}
