package dev.septet.llm.gguf;

import dev.septet.llm.format.FormatProblem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads GGUF's header step by step. A count or length is accepted only if the file's remaining
 * bytes could hold that many elements. So nothing is allocated for a number that an attacker
 * invented.
 */
final class GgufCursor {
    private static final int MAX_ARRAY_DEPTH = 4;

    /** Far above any model's counts, so that a sparse file of gigabytes cannot create as many objects. */
    private static final int MAX_THINGS = 1 << 24;

    private final Path file;
    private final ByteBuffer in;
    private long things;

    GgufCursor(Path file, ByteBuffer in) {
        this.file = file;
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    }

    int position() {
        return in.position();
    }

    int int32(String what) {
        require(4, what);
        return in.getInt();
    }

    long int64(String what) {
        require(8, what);
        return in.getLong();
    }

    /** Reads a count of elements that take at least {@code leastBytes} bytes each. */
    int count(String what, int leastBytes) {
        long count = int64(what);
        if (count < 0 || count > in.remaining() / leastBytes) {
            throw new FormatProblem(
                    file,
                    "announces "
                            + Long.toUnsignedString(count)
                            + " "
                            + what
                            + ", more than its remaining "
                            + in.remaining()
                            + " bytes can hold");
        }
        things += count;
        if (things > MAX_THINGS) {
            throw new FormatProblem(
                    file, "announces " + count + " " + what + ", more than any model has (" + MAX_THINGS + " in all)");
        }
        return (int) count;
    }

    String string(String what) {
        int length = count("bytes of " + what, 1);
        ByteBuffer bytes = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(bytes);
            return text.toString();
        } catch (CharacterCodingException e) {
            throw new FormatProblem(file, what + " is not valid UTF-8", e);
        }
    }

    GgufValue value(String key) {
        return value(type(key), key, 0);
    }

    private GgufValue value(GgufValue.Type type, String key, int depth) {
        require(type.bytes(), key);
        Object value = switch (type) {
            case UINT8 -> in.get() & 0xffL;
            case INT8 -> (long) in.get();
            case UINT16 -> in.getShort() & 0xffffL;
            case INT16 -> (long) in.getShort();
            case UINT32 -> in.getInt() & 0xffff_ffffL;
            case INT32 -> (long) in.getInt();
            case FLOAT32 -> (double) in.getFloat();
            case BOOL -> in.get() != 0;
            case STRING -> string(key);
            case ARRAY -> array(key, depth);
            case UINT64, INT64 -> in.getLong();
            case FLOAT64 -> in.getDouble();
        };
        return new GgufValue(type, value);
    }

    private List<GgufValue> array(String key, int depth) {
        if (depth >= MAX_ARRAY_DEPTH) {
            throw new FormatProblem(file, key + " nests arrays deeper than " + MAX_ARRAY_DEPTH);
        }
        GgufValue.Type type = type(key);
        int count = count("elements of " + key, type.bytes());
        List<GgufValue> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(value(type, key, depth + 1));
        }
        return List.copyOf(elements);
    }

    private GgufValue.Type type(String key) {
        int id = int32("the type of " + key);
        return GgufValue.Type.of(id)
                .orElseThrow(() -> new FormatProblem(
                        file, "value of " + key + " has the unknown type " + Integer.toUnsignedString(id)));
    }

    private void require(int bytes, String what) {
        if (in.remaining() < bytes) {
            throw new FormatProblem(file, "ends where " + what + " was expected: truncated; copy or download it again");
        }
    }
}
