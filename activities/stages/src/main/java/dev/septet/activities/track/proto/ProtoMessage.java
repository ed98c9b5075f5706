package dev.septet.activities.track.proto;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A message of protocol buffers, written field by field in the order of the calls. So equal calls give equal bytes.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Encoding</a>
 */
public final class ProtoMessage {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

    /** Writes a field; the stream is in memory. */
    @FunctionalInterface
    private interface Field {
        void write(CodedOutputStream out) throws IOException;
    }

    private ProtoMessage with(Field field) {
        try {
            field.write(out);
            return this;
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }

    /** Adds an integer of any length, an enum or a truth as 0 and 1. */
    public ProtoMessage number(int field, long value) {
        return with(to -> to.writeInt64(field, value));
    }

    /** Adds a number of 64 bits. */
    public ProtoMessage real(int field, double value) {
        return with(to -> to.writeDouble(field, value));
    }

    /** Adds a number of 32 bits. */
    public ProtoMessage single(int field, float value) {
        return with(to -> to.writeFloat(field, value));
    }

    /** Adds a text. */
    public ProtoMessage text(int field, String value) {
        return with(to -> to.writeByteArray(field, value.getBytes(StandardCharsets.UTF_8)));
    }

    /** Adds a message. */
    public ProtoMessage message(int field, ProtoMessage value) {
        byte[] inner = value.bytes();
        return with(to -> to.writeByteArray(field, inner));
    }

    /** The message so far. */
    public byte[] bytes() {
        with(CodedOutputStream::flush);
        return bytes.toByteArray();
    }
}
