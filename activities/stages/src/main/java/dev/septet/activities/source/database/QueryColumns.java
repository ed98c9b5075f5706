package dev.septet.activities.source.database;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a query's result, and their values as JSON. A value that JSON lacks, such as {@code NaN}, is written
 * as the database shows it, so that its row is a bad row.
 */
final class QueryColumns {
    private static final String NUMBER = "-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?";

    /** Types of PostgreSQL beyond SQL's that are texts. */
    private static final Set<String> TEXTS =
            Set.of("uuid", "citext", "inet", "cidr", "macaddr", "macaddr8", "interval", "name", "regclass", "xml");

    private static final Set<String> JSON = Set.of("json", "jsonb");

    /** How a column's values are written. */
    private enum Kind {
        TEXT,
        NUMBER,
        TRUTH,
        JSON,
        LIST
    }

    private record Column(String name, Kind kind) {}

    private final List<Column> columns;
    private final QueryProblem problems;

    private QueryColumns(List<Column> columns, QueryProblem problems) {
        this.columns = columns;
        this.problems = problems;
    }

    /**
     * The columns of a result.
     *
     * @throws dev.septet.activities.attempt.StageProblem when one has no JSON form, or two have the same name
     */
    static QueryColumns of(ResultSetMetaData result, QueryProblem problems) throws SQLException {
        List<Column> columns = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int c = 1; c <= result.getColumnCount(); c++) {
            String name = result.getColumnLabel(c);
            if (!names.add(name)) {
                throw problems.column(name, "is there twice; give each column a name with `as`");
            }
            String type = String.valueOf(result.getColumnTypeName(c)).toLowerCase(Locale.ROOT);
            columns.add(new Column(name, kind(name, result.getColumnType(c), type, problems)));
        }
        return new QueryColumns(columns, problems);
    }

    private static Kind kind(String name, int type, String typeName, QueryProblem problems) {
        return switch (type) {
            case Types.BOOLEAN -> Kind.TRUTH;
            case Types.BIT -> typeName.equals("bit") ? Kind.TEXT : Kind.TRUTH;
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.NUMERIC, Types.DECIMAL ->
                Kind.NUMBER;
            case Types.REAL, Types.FLOAT, Types.DOUBLE -> typeName.equals("money") ? Kind.TEXT : Kind.NUMBER;
            case Types.CHAR,
                    Types.VARCHAR,
                    Types.LONGVARCHAR,
                    Types.NCHAR,
                    Types.NVARCHAR,
                    Types.LONGNVARCHAR,
                    Types.CLOB,
                    Types.NCLOB,
                    Types.SQLXML,
                    Types.DATE,
                    Types.TIME,
                    Types.TIME_WITH_TIMEZONE,
                    Types.TIMESTAMP,
                    Types.TIMESTAMP_WITH_TIMEZONE -> Kind.TEXT;
            case Types.ARRAY -> Kind.LIST;
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB ->
                throw problems.column(
                        name,
                        "has binary values (%s), expected text, numbers, booleans, JSON and arrays; leave it out"
                                .formatted(typeName));
            default -> {
                if (JSON.contains(typeName)) {
                    yield Kind.JSON;
                }
                if (TEXTS.contains(typeName)) {
                    yield Kind.TEXT;
                }
                throw problems.column(
                        name,
                        "has the type %s, expected text, numbers, booleans, JSON and arrays; convert it in the query, for example with to_jsonb(%s)"
                                .formatted(typeName, name));
            }
        };
    }

    /** Writes the current row as an object. */
    void write(ResultSet row, JsonGenerator json) throws SQLException, IOException {
        json.writeStartObject();
        for (int c = 0; c < columns.size(); c++) {
            Column column = columns.get(c);
            json.writeFieldName(column.name());
            if (column.kind() == Kind.LIST) {
                list(column, row.getArray(c + 1), json);
            } else {
                value(column.kind(), row.getString(c + 1), json);
            }
        }
        json.writeEndObject();
    }

    private static void value(Kind kind, @Nullable String value, JsonGenerator json) throws IOException {
        if (value == null) {
            json.writeNull();
            return;
        }
        switch (kind) {
            case TRUTH -> json.writeBoolean(Set.of("t", "true", "1").contains(value.toLowerCase(Locale.ROOT)));
            case NUMBER -> number(value, json);
            // A line end of JSON is white space; inside of a text it is escaped.
            case JSON -> json.writeRawValue(value.replace('\n', ' ').replace('\r', ' '));
            default -> json.writeString(value);
        }
    }

    private static void number(String value, JsonGenerator json) throws IOException {
        json.writeRawValue(value.matches(NUMBER) ? value : "NaN");
    }

    private void list(Column column, @Nullable Array array, JsonGenerator json) throws SQLException, IOException {
        element(column, array == null ? null : array.getArray(), json);
    }

    private void element(Column column, @Nullable Object element, JsonGenerator json) throws IOException {
        if (element == null) {
            json.writeNull();
        } else if (element instanceof Object[] inner) {
            json.writeStartArray();
            for (Object one : inner) {
                element(column, one, json);
            }
            json.writeEndArray();
        } else if (element instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (element instanceof Number number) {
            number(number.toString(), json);
        } else if (element instanceof String || element instanceof UUID) {
            json.writeString(element.toString());
        } else {
            throw problems.column(
                    column.name(),
                    "is an array whose elements are no texts, numbers or booleans; convert it in the query, for example with to_jsonb(%s)"
                            .formatted(column.name()));
        }
    }
}
