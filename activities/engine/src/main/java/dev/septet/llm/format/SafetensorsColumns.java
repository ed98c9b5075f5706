package dev.septet.llm.format;

import ai.djl.ndarray.types.Shape;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a safetensors file of tensors with known sizes. All tensors are written in parallel, so
 * one pass over rows can append each row's numbers to every tensor. The file has the same bytes as
 * one by {@link SafetensorsWriter}.
 */
public final class SafetensorsColumns implements Closeable {
    private static final int BUFFER = 1 << 16;

    private final FileChannel out;
    private final List<Column> columns = new ArrayList<>();

    private SafetensorsColumns(FileChannel out) {
        this.out = out;
    }

    /**
     * The declaration of a tensor.
     *
     * @param length its only dimension
     */
    public record Vector(String name, ElementType type, long length) {
        private TensorSource header() {
            return new TensorSource(name, type, new Shape(length), out -> {
                throw new IllegalStateException(name + " is written as a column");
            });
        }
    }

    /** Creates the file, or replaces an existing one. */
    public static SafetensorsColumns create(Path file, Map<String, String> metadata, List<Vector> tensors)
            throws IOException {
        FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        SafetensorsColumns made = new SafetensorsColumns(out);
        List<TensorSource> sources = tensors.stream().map(Vector::header).toList();
        try {
            SafetensorsWriter.writeAll(out, SafetensorsWriter.header(metadata, sources));
            long at = out.position();
            for (TensorSource source : sources) {
                made.columns.add(new Column(out, source.name(), at, at + source.size()));
                at += source.size();
            }
            return made;
        } catch (IOException | RuntimeException e) {
            out.close();
            throw e;
        }
    }

    /** A tensor by its index in the file. */
    public Column column(int number) {
        return columns.get(number);
    }

    /**
     * Writes the buffered bytes and forces the file to disk.
     *
     * @throws IllegalStateException when a tensor has fewer bytes than its shape
     */
    public void finish() throws IOException {
        for (Column column : columns) {
            column.finish();
        }
        out.force(true);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** A tensor, written from its start on, little-endian. */
    public static final class Column {
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
        private final FileChannel out;
        private final String name;
        private final long end;
        private long at;

        private Column(FileChannel out, String name, long start, long end) {
            this.out = out;
            this.name = name;
            this.at = start;
            this.end = end;
        }

        public void putInt(int value) throws IOException {
            reserve(Integer.BYTES).putInt(value);
        }

        public void putLong(long value) throws IOException {
            reserve(Long.BYTES).putLong(value);
        }

        public void put(byte value) throws IOException {
            reserve(1).put(value);
        }

        private ByteBuffer reserve(int bytes) throws IOException {
            if (buffer.remaining() < bytes) {
                flush();
            }
            return buffer;
        }

        private void flush() throws IOException {
            buffer.flip();
            if (at + buffer.remaining() > end) {
                throw new IllegalStateException(name + " has more bytes than its shape");
            }
            while (buffer.hasRemaining()) {
                at += out.write(buffer, at);
            }
            buffer.clear();
        }

        private void finish() throws IOException {
            flush();
            if (at != end) {
                throw new IllegalStateException(
                        String.format(Locale.ROOT, "%s has %d bytes fewer than its shape", name, end - at));
            }
        }
    }
}
