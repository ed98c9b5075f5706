package dev.septet.activities.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;

import java.util.HashSet;
import java.util.List;

/** Names the fields of comma-separated records by the first of them, the header. */
final class CsvRow {
    private static final ObjectReader FIELDS =
            new CsvMapper().enable(CsvParser.Feature.WRAP_AS_ARRAY).readerFor(String[][].class);

    private final List<String> header;

    private CsvRow(List<String> header) {
        this.header = header;
    }

    static CsvRow header(Slice slice, String file) {
        List<String> names;
        try {
            names = fields(slice.bytes()).stream().map(String::strip).toList();
        } catch (RowProblem e) {
            throw new DatasetProblem(
                    DatasetProblem.Blame.DATA,
                    file + ":" + slice.line() + ": the header " + e.reason());
        }
        if (new HashSet<>(names).size() < names.size() || names.contains("")) {
            throw new DatasetProblem(
                    DatasetProblem.Blame.DATA,
                    "%s:%d: the header names a column twice or leaves one without a name: %s"
                            .formatted(file, slice.line(), String.join(", ", names)));
        }
        return new CsvRow(names);
    }

    ObjectNode object(byte[] bytes) {
        List<String> fields = fields(bytes);
        if (fields.size() != header.size()) {
            throw new RowProblem(
                    "has %d fields, but the header names %d"
                            .formatted(fields.size(), header.size()));
        }
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < fields.size(); i++) {
            record.put(header.get(i), fields.get(i));
        }
        return record;
    }

    private static List<String> fields(byte[] bytes) {
        try {
            String[][] records = FIELDS.readValue(StrictRecord.text(bytes));
            return records == null || records.length == 0 ? List.of() : List.of(records[0]);
        } catch (JsonProcessingException e) {
            throw new RowProblem("is not valid CSV: check its quotes and commas");
        }
    }
}
