package dev.septet.activities.dataset.columnar;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.septet.llm.sandbox.SandboxedConversion.Refusal;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.FloatingPointVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListViewVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Writes values of Arrow columns as JSON, in the forms of {@link ParquetLines}. Text that is no UTF-8 is written as it
 * is, so that its row is a bad row.
 */
final class ArrowColumns {
    private static final int DEEPEST = 60;
    private static final int MOST_FIELDS = 10_000;

    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter(Locale.ROOT);
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd ")
            .append(TIME)
            .toFormatter(Locale.ROOT);

    private final DictionaryProvider dictionaries;
    private final JsonGenerator json;

    ArrowColumns(ArrowReader reader, JsonGenerator json) {
        this.dictionaries = reader;
        this.json = json;
    }

    /** Refuses columns that have no JSON form, by name. */
    static void check(Schema schema) {
        int[] fields = new int[1];
        for (Field column : schema.getFields()) {
            check(column.getName(), column, 0, fields);
        }
    }

    private static void check(String column, Field field, int depth, int[] fields) {
        if (depth > DEEPEST || ++fields[0] > MOST_FIELDS) {
            throw new Refusal(String.format(
                    Locale.ROOT,
                    "column %s is nested too deeply, or there are more than %d fields",
                    column,
                    MOST_FIELDS));
        }
        ArrowType type = field.getType();
        boolean known = switch (type.getTypeID()) {
            case Null, Struct, List, LargeList, FixedSizeList, ListView, Map, Int, FloatingPoint -> true;
            case Utf8, LargeUtf8, Utf8View, Bool, Decimal, Date, Time, Timestamp -> true;
            default -> false;
        };
        if (!known) {
            throw new Refusal(
                    "column %s has the type %s, expected text, numbers, booleans, lists and structs; leave the column out"
                            .formatted(column, type));
        }
        if (type.getTypeID() == ArrowType.ArrowTypeID.Map) {
            checkKey(column, field.getChildren().get(0).getChildren().get(0).getType());
        }
        for (Field child : field.getChildren()) {
            check(column, child, depth + 1, fields);
        }
    }

    private static void checkKey(String column, ArrowType type) {
        boolean known = switch (type.getTypeID()) {
            case Utf8, LargeUtf8, Utf8View, Bool, Int, Date, Time, Timestamp -> true;
            default -> false;
        };
        if (!known) {
            throw new Refusal(
                    "column %s is a map whose keys have the type %s, expected text, whole numbers, booleans or times; leave the column out"
                            .formatted(column, type));
        }
    }

    private FieldVector dictionary(long id) {
        Dictionary found = dictionaries.lookup(id);
        if (found == null) {
            throw new Refusal("is damaged: a column names a dictionary that the file lacks");
        }
        return found.getVector();
    }

    /** Writes the value of a row. */
    void write(FieldVector column, int row) throws IOException {
        if (column.isNull(row)) {
            json.writeNull();
            return;
        }
        var encoded = column.getField().getDictionary();
        if (encoded != null) {
            write(dictionary(encoded.getId()), inDictionary(column, row));
        } else if (column instanceof VarCharVector text) {
            text(text.get(row));
        } else if (column instanceof LargeVarCharVector text) {
            text(text.get(row));
        } else if (column instanceof ViewVarCharVector text) {
            text(text.get(row));
        } else if (column instanceof BitVector truth) {
            json.writeBoolean(truth.get(row) != 0);
        } else if (column instanceof BaseIntVector whole) {
            whole(whole, row);
        } else if (column instanceof Float2Vector half) {
            number(String.valueOf(half.getValueAsFloat(row))); // its object is the 16 bits
        } else if (column instanceof FloatingPointVector) {
            number(String.valueOf(column.getObject(row)));
        } else if (column instanceof DecimalVector || column instanceof Decimal256Vector) {
            json.writeRawValue(((BigDecimal) column.getObject(row)).toPlainString());
        } else if (column instanceof StructVector struct) {
            json.writeStartObject();
            for (FieldVector child : struct.getChildrenFromFields()) {
                json.writeFieldName(child.getName());
                write(child, row);
            }
            json.writeEndObject();
        } else if (column instanceof MapVector map) {
            map(map, row);
        } else if (column instanceof BaseListVector list) {
            elements(column, list.getElementStartIndex(row), list.getElementEndIndex(row));
        } else if (column instanceof ListViewVector list) {
            elements(column, list.getElementStartIndex(row), list.getElementEndIndex(row));
        } else if (column instanceof LargeListVector list) {
            elements(
                    column,
                    Math.toIntExact(list.getElementStartIndex(row)),
                    Math.toIntExact(list.getElementEndIndex(row)));
        } else {
            json.writeString(time(column, row));
        }
    }

    private void elements(FieldVector list, int from, int to) throws IOException {
        json.writeStartArray();
        FieldVector elements = list.getChildrenFromFields().get(0);
        for (int i = from; i < to; i++) {
            write(elements, i);
        }
        json.writeEndArray();
    }

    private void text(byte[] utf8) throws IOException {
        json.writeUTF8String(utf8, 0, utf8.length);
    }

    private void whole(BaseIntVector column, int row) throws IOException {
        json.writeRawValue(whole(column, column.getValueAsLong(row)));
    }

    private static String whole(BaseIntVector column, long value) {
        ArrowType.Int type = (ArrowType.Int) column.getField().getType();
        if (type.getIsSigned()) {
            return Long.toString(value);
        }
        return Long.toUnsignedString(type.getBitWidth() == Long.SIZE ? value : value & mask(type));
    }

    private static long mask(ArrowType.Int type) {
        return (1L << type.getBitWidth()) - 1;
    }

    /** The number of a row's value in its dictionary. */
    private static int inDictionary(FieldVector column, int row) {
        ArrowType.Int type = (ArrowType.Int) column.getField().getType();
        long value = ((BaseIntVector) column).getValueAsLong(row);
        return Math.toIntExact(type.getIsSigned() || type.getBitWidth() == Long.SIZE ? value : value & mask(type));
    }

    /** Java writes {@code 1.0E10}, which is JSON; JSON lacks NaN and infinity. */
    private void number(String value) throws IOException {
        json.writeRawValue(value.equals("Infinity") || value.equals("-Infinity") ? "NaN" : value);
    }

    private void map(MapVector map, int row) throws IOException {
        var entries = (StructVector) map.getDataVector();
        FieldVector keys = entries.getChildrenFromFields().get(0);
        FieldVector values = entries.getChildrenFromFields().get(1);
        json.writeStartObject();
        for (int i = map.getElementStartIndex(row); i < map.getElementEndIndex(row); i++) {
            json.writeFieldName(key(keys, i));
            write(values, i);
        }
        json.writeEndObject();
    }

    private String key(FieldVector keys, int at) {
        var encoded = keys.getField().getDictionary();
        if (encoded != null) {
            return key(dictionary(encoded.getId()), inDictionary(keys, at));
        } else if (keys instanceof BaseIntVector whole) {
            return whole(whole, whole.getValueAsLong(at));
        } else if (keys instanceof BitVector || keys instanceof VarCharVector) {
            return String.valueOf(keys.getObject(at));
        } else if (keys instanceof LargeVarCharVector || keys instanceof ViewVarCharVector) {
            return String.valueOf(keys.getObject(at));
        }
        return time(keys, at);
    }

    private static String time(FieldVector column, int row) {
        if (column instanceof DateDayVector day) {
            return LocalDate.ofEpochDay(day.get(row)).toString();
        } else if (column instanceof DateMilliVector day) {
            return LocalDate.ofEpochDay(Math.floorDiv(day.get(row), 86_400_000L))
                    .toString();
        } else if (column instanceof TimeSecVector time) {
            return TIME.format(LocalTime.ofSecondOfDay(time.get(row)));
        } else if (column instanceof TimeMilliVector time) {
            return TIME.format(LocalTime.ofNanoOfDay(time.get(row) * 1_000_000L));
        } else if (column instanceof TimeMicroVector time) {
            return TIME.format(LocalTime.ofNanoOfDay(Math.multiplyExact(time.get(row), 1000L)));
        } else if (column instanceof TimeNanoVector time) {
            return TIME.format(LocalTime.ofNanoOfDay(time.get(row)));
        } else if (column instanceof TimeStampVector time) {
            ArrowType.Timestamp type = (ArrowType.Timestamp) column.getField().getType();
            return TIMESTAMP.format(LocalDateTime.ofInstant(instant(time.get(row), type.getUnit()), ZoneOffset.UTC))
                    + (type.getTimezone() == null ? "" : "+00");
        }
        throw new Refusal("column %s has a type that is not known".formatted(column.getName()));
    }

    private static Instant instant(long value, TimeUnit unit) {
        long perSecond = switch (unit) {
            case SECOND -> 1;
            case MILLISECOND -> 1000;
            case MICROSECOND -> 1_000_000;
            case NANOSECOND -> 1_000_000_000;
        };
        return Instant.ofEpochSecond(
                Math.floorDiv(value, perSecond), Math.floorMod(value, perSecond) * (1_000_000_000L / perSecond));
    }
}
