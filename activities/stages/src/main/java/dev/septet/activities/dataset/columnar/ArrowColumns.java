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
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
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
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
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
            .toFormatter();
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd ")
            .append(TIME)
            .toFormatter();

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
            throw new Refusal(
                    "column %s is nested too deeply, or there are more than %d fields".formatted(column, MOST_FIELDS));
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
        for (Field child : field.getChildren()) {
            check(column, child, depth + 1, fields);
        }
    }

    /** Writes the value of a row. */
    void write(FieldVector column, int row) throws IOException {
        if (column.isNull(row)) {
            json.writeNull();
            return;
        }
        var encoded = column.getField().getDictionary();
        if (encoded != null) {
            var dictionary = dictionaries.lookup(encoded.getId());
            write(dictionary.getVector(), Math.toIntExact(((BaseIntVector) column).getValueAsLong(row)));
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
            json.writeStartArray();
            FieldVector elements = column.getChildrenFromFields().get(0);
            for (int i = list.getElementStartIndex(row); i < list.getElementEndIndex(row); i++) {
                write(elements, i);
            }
            json.writeEndArray();
        } else {
            json.writeString(time(column, row));
        }
    }

    private void text(byte[] utf8) throws IOException {
        json.writeUTF8String(utf8, 0, utf8.length);
    }

    private void whole(BaseIntVector column, int row) throws IOException {
        ArrowType.Int type = (ArrowType.Int) column.getField().getType();
        long value = column.getValueAsLong(row);
        if (type.getIsSigned()) {
            json.writeNumber(value);
        } else {
            long bits = type.getBitWidth() == Long.SIZE ? -1 : (1L << type.getBitWidth()) - 1;
            json.writeRawValue(Long.toUnsignedString(value & bits));
        }
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
            json.writeFieldName(String.valueOf(keys.getObject(i)));
            write(values, i);
        }
        json.writeEndObject();
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
