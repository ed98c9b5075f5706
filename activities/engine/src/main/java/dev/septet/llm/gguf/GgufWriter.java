package dev.septet.llm.gguf;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** Writes GGUF version 3, little-endian, aligned to 32 bytes: equal input gives equal bytes. */
public final class GgufWriter {
    private static final int VERSION = 3;

    private final ByteArrayOutputStream header = new ByteArrayOutputStream();

    private GgufWriter() {}

    /** Writes the file, with metadata and tensors in the given order, and forces it to disk. */
    public static void write(Path file, Map<String, GgufValue> metadata, List<GgufTensorSource> tensors)
            throws IOException {
        byte[] header = new GgufWriter().header(metadata, tensors);
        try (FileChannel channel = FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
            out.write(header);
            out.write(new byte[padding(header.length)]);
            for (GgufTensorSource tensor : tensors) {
                ByteBuffer blocks = tensor.blocks().get();
                if (blocks.remaining() != tensor.size()) {
                    throw new IllegalStateException("tensor "
                            + tensor.name()
                            + " should be "
                            + tensor.size()
                            + " bytes, but "
                            + blocks.remaining()
                            + " were given");
                }
                out.flush();
                while (blocks.hasRemaining()) {
                    channel.write(blocks);
                }
                out.write(new byte[padding(tensor.size())]);
            }
            out.flush();
            channel.force(true);
        }
    }

    private byte[] header(Map<String, GgufValue> metadata, List<GgufTensorSource> tensors) {
        int32(GgufHeader.MAGIC);
        int32(VERSION);
        int64(tensors.size());
        int64(metadata.size());
        metadata.forEach((key, value) -> {
            string(key);
            int32(value.type().id());
            value(value);
        });
        long offset = 0;
        for (GgufTensorSource tensor : tensors) {
            string(tensor.name());
            int32(tensor.shape().dimension());
            for (int i = tensor.shape().dimension() - 1; i >= 0; i--) {
                int64(tensor.shape().get(i));
            }
            int32(tensor.type().id());
            int64(offset);
            offset += tensor.size() + padding(tensor.size());
        }
        return header.toByteArray();
    }

    private void value(GgufValue value) {
        Object content = value.value();
        switch (value.type()) {
            case UINT8, INT8 -> little((Long) content, 1);
            case UINT16, INT16 -> little((Long) content, 2);
            case UINT32, INT32 -> little((Long) content, 4);
            case UINT64, INT64 -> little((Long) content, 8);
            case FLOAT32 -> int32(Float.floatToRawIntBits(((Double) content).floatValue()));
            case FLOAT64 -> int64(Double.doubleToRawLongBits((Double) content));
            case BOOL -> header.write((Boolean) content ? 1 : 0);
            case STRING -> string((String) content);
            case ARRAY -> array(value.elements());
        }
    }

    private void array(List<GgufValue> elements) {
        GgufValue.Type type =
                elements.isEmpty() ? GgufValue.Type.STRING : elements.get(0).type();
        int32(type.id());
        int64(elements.size());
        elements.forEach(this::value);
    }

    private void string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int64(bytes.length);
        header.writeBytes(bytes);
    }

    private void int32(int value) {
        little(value, 4);
    }

    private void int64(long value) {
        little(value, 8);
    }

    private void little(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            header.write((int) (value >>> (8 * i)));
        }
    }

    private static int padding(long size) {
        return (int) (-size & (GgufHeader.DEFAULT_ALIGNMENT - 1));
    }
}
