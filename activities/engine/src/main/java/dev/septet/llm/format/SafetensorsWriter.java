package dev.septet.llm.format;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes safetensors. Equal input gives equal bytes. Tensors have the given order, metadata is
 * sorted by name.
 *
 * <p>The header is padded with spaces so that the data starts at a multiple of 64 bytes. Mapped
 * weights are then aligned like the kernels' own allocations, so results do not depend on where the
 * weights come from.
 */
public final class SafetensorsWriter {
    private static final int ALIGNMENT = 64;

    private SafetensorsWriter() {}

    /** Writes and forces the file to disk, replacing an existing file. */
    public static void write(Path file, Map<String, String> metadata, List<TensorSource> tensors) throws IOException {
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeAll(out, header(metadata, tensors));
            for (TensorSource tensor : tensors) {
                long start = out.position();
                tensor.content().writeTo(out);
                long written = out.position() - start;
                if (written != tensor.size()) {
                    throw new IllegalStateException("tensor "
                            + tensor.name()
                            + " of shape "
                            + tensor.shape()
                            + " should be "
                            + tensor.size()
                            + " bytes, but "
                            + written
                            + " were given");
                }
            }
            out.force(true);
        }
    }

    static ByteBuffer header(Map<String, String> metadata, List<TensorSource> tensors) throws IOException {
        ObjectNode header = StrictJson.MAPPER.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode items = header.putObject(SafetensorsHeader.METADATA);
            new TreeMap<>(metadata).forEach(items::put);
        }
        long offset = 0;
        for (TensorSource tensor : tensors) {
            if (header.has(tensor.name())) {
                throw new IllegalArgumentException("two tensors are named " + tensor.name());
            }
            ObjectNode entry = header.putObject(tensor.name());
            entry.put("dtype", tensor.type().name());
            ArrayNode shape = entry.putArray("shape");
            Arrays.stream(tensor.shape().getShape()).forEach(shape::add);
            entry.putArray("data_offsets").add(offset).add(Math.addExact(offset, tensor.size()));
            offset += tensor.size();
        }
        byte[] json = StrictJson.MAPPER.writeValueAsBytes(header);
        int padded = (8 + json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer bytes = ByteBuffer.allocate(padded).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(padded - 8).put(json);
        while (bytes.hasRemaining()) {
            bytes.put((byte) ' ');
        }
        return bytes.flip();
    }

    static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
