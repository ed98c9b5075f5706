package dev.septet.llm.train.data;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.SafetensorsWriter;
import dev.septet.llm.format.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes {@link TokenDataset} files: equal rows give equal bytes. */
public final class TokenDatasetWriter {
    private TokenDatasetWriter() {}

    /**
     * Writes rows. It iterates over them several times and holds one row at a time.
     *
     * @param rows gives the same rows each time
     */
    public static void write(Path file, Iterable<TokenDataset.Row> rows) throws IOException {
        write(file, 1, rows);
    }

    /**
     * Writes rows, of which several adjacent ones may form an example.
     *
     * @param each rows per example: 1, or 2 for pairs, the chosen answer first
     */
    public static void write(Path file, int each, Iterable<TokenDataset.Row> rows) throws IOException {
        long count = 0;
        long tokens = 0;
        for (TokenDataset.Row row : rows) {
            count++;
            tokens += row.tokens().length;
        }
        SafetensorsWriter.write(
                file,
                each == 1 ? Map.of() : Map.of(TokenDataset.ROWS_PER_EXAMPLE, Integer.toString(each)),
                List.of(
                        // widest type first, so that each tensor starts at a multiple of its size
                        new TensorSource(
                                TokenDataset.OFFSETS, ElementType.I64, new Shape(count + 1), out -> offsets(out, rows)),
                        new TensorSource(
                                TokenDataset.TOKENS, ElementType.I32, new Shape(tokens), out -> tokens(out, rows)),
                        new TensorSource(
                                TokenDataset.MASK, ElementType.U8, new Shape(tokens), out -> masks(out, rows))));
    }

    private static void offsets(WritableByteChannel out, Iterable<TokenDataset.Row> rows) throws IOException {
        long offset = 0;
        write(out, little(Long.BYTES).putLong(offset));
        for (TokenDataset.Row row : rows) {
            offset += row.tokens().length;
            write(out, little(Long.BYTES).putLong(offset));
        }
    }

    private static void tokens(WritableByteChannel out, Iterable<TokenDataset.Row> rows) throws IOException {
        for (TokenDataset.Row row : rows) {
            ByteBuffer bytes = little(Math.multiplyExact(Integer.BYTES, row.tokens().length));
            for (int token : row.tokens()) {
                bytes.putInt(token);
            }
            write(out, bytes);
        }
    }

    private static void masks(WritableByteChannel out, Iterable<TokenDataset.Row> rows) throws IOException {
        for (TokenDataset.Row row : rows) {
            write(out, little(row.mask().length).put(row.mask()));
        }
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void write(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        bytes.flip();
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
