package dev.septet.activities.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.Slice;
import dev.septet.activities.dataset.format.FormatDetection;
import dev.septet.activities.dataset.record.StrictRecord;
import dev.septet.dsl.text.PublicText;
import java.util.HashSet;
import java.util.List;

/** Names the fields of comma-separated records by the first record, the header. */
final class CsvRow {
    private static final ObjectReader FIELDS =
            new CsvMapper().enable(CsvParser.Feature.WRAP_AS_ARRAY).readerFor(String[][].class);

    private final List<String> header;

    private final long line;

    private CsvRow(List<String> header, long line) {
        this.header = header;
        this.line = line;
    }

    /** The problem that no row format has these columns. */
    DatasetProblem unknown(String file) {
        return new DatasetProblem(
                DatasetProblem.Blame.DATA,
                PublicText.of(
                        "%s:%d: no shape of row has the %d columns that the header names; does the"
                                + " file's first line name its columns? Expected %s",
                        PublicText.file(file), line, header.size(), FormatDetection.SHAPES));
    }

    static CsvRow header(Slice slice, String file) {
        List<String> names;
        try {
            names = fields(slice.bytes()).stream().map(String::strip).toList();
        } catch (RowProblem e) {
            throw new DatasetProblem(
                    DatasetProblem.Blame.DATA,
                    PublicText.of("%s:%d: the header %s", PublicText.file(file), slice.line(), e.reason()));
        }
        if (new HashSet<>(names).size() < names.size() || names.contains("")) {
            throw new DatasetProblem(
                    DatasetProblem.Blame.DATA,
                    PublicText.of(
                            "%s:%d: the header of %d columns names a column twice or leaves one"
                                    + " without a name; is the header missing?",
                            PublicText.file(file), slice.line(), names.size()));
        }
        return new CsvRow(names, slice.line());
    }

    ObjectNode object(byte[] bytes) {
        List<String> fields = fields(bytes);
        if (fields.size() != header.size()) {
            throw new RowProblem(PublicText.of("has %d fields, but the header names %d", fields.size(), header.size()));
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
            throw new RowProblem(PublicText.of("is not valid CSV: check its quotes and commas"));
        }
    }
}
