package dev.septet.llm.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.SafetensorsWriter;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.train.Plans;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenDatasetTest {
    @TempDir
    Path temporary;

    @Test
    void readsWhatWasWritten() throws IOException {
        List<TokenDataset.Row> rows = List.of(
                new TokenDataset.Row(new int[] {5, 6, 7}, new byte[] {1, 0, 1}),
                new TokenDataset.Row(new int[] {}, new byte[] {}),
                new TokenDataset.Row(new int[] {128_000, 1}, new byte[] {0, 1}));
        Path file = temporary.resolve("a.safetensors");
        TokenDataset data = Plans.dataset(file, rows);
        assertThat(data.rows()).isEqualTo(3);
        assertThat(data.tokens()).isEqualTo(5);
        assertThat(data.longest()).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(data.row(i)).usingRecursiveComparison().isEqualTo(rows.get(i));
        }
        assertThat(data.lossTokens(0)).as("the first token is never predicted").isEqualTo(1);
        assertThat(data.lossTokens(2)).isEqualTo(1);
        Path again = temporary.resolve("b.safetensors");
        TokenDatasetWriter.write(again, rows);
        assertThat(Files.readAllBytes(again)).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void writesWhatTheWriterOfWholeTensorsWrites() throws IOException {
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int row = 0; row < 300; row++) {
            int[] tokens = IntStream.range(row, 3 * row).toArray(); // more than a buffer holds
            byte[] mask = new byte[tokens.length];
            Arrays.fill(mask, (byte) (row % 2));
            rows.add(new TokenDataset.Row(tokens, mask));
        }
        long[] offsets = new long[rows.size() + 1];
        for (int row = 0; row < rows.size(); row++) {
            offsets[row + 1] = offsets[row] + rows.get(row).tokens().length;
        }
        LongStream tokens =
                rows.stream().flatMapToInt(row -> Arrays.stream(row.tokens())).asLongStream();
        LongStream masks = rows.stream()
                .flatMapToLong(row -> IntStream.range(0, row.mask().length).mapToLong(i -> row.mask()[i]));
        Path whole = temporary.resolve("whole.safetensors");
        SafetensorsWriter.write(
                whole,
                Map.of("rows per example", "2"),
                List.of(
                        vector("offsets", ElementType.I64, offsets),
                        vector("tokens", ElementType.I32, tokens.toArray()),
                        vector("mask", ElementType.U8, masks.toArray())));
        Path file = temporary.resolve("rows.safetensors");
        TokenDatasetWriter.write(file, 2, rows);
        assertThat(file).hasSameBinaryContentAs(whole);
    }

    @Test
    void refusesMoreOrFewerRowsThanItWasToldOf() throws IOException {
        Path file = temporary.resolve("rows.safetensors");
        TokenDataset.Row row = new TokenDataset.Row(new int[] {5, 6}, new byte[] {0, 1});
        try (TokenDatasetWriter writer = TokenDatasetWriter.create(file, 1, 2, 4)) {
            writer.add(row);
            assertThatThrownBy(writer::finish)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("offsets has 8 bytes fewer than its shape");
        }
        try (TokenDatasetWriter writer = TokenDatasetWriter.create(file, 1, 1, 2)) {
            writer.add(row);
            writer.add(row);
            assertThatThrownBy(writer::finish)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("offsets has more bytes than its shape");
        }
    }

    @Test
    void refusesOffsetsThatDoNotCutTheTokens() throws IOException {
        for (long[] offsets : new long[][] {{0, 2}, {1, 4}, {0, 3, 2, 4}, {0, 5}, {}}) {
            Path file = temporary.resolve("bad.safetensors");
            SafetensorsWriter.write(
                    file,
                    Map.of(),
                    List.of(
                            vector("offsets", ElementType.I64, offsets),
                            vector("tokens", ElementType.I32, 1, 2, 3, 4),
                            vector("mask", ElementType.U8, 1, 1, 1, 1)));
            assertThatThrownBy(() -> TokenDataset.open(file))
                    .isInstanceOf(FormatProblem.class)
                    .hasMessageContaining("offsets do not cut its 4 tokens and masks into rows");
        }
    }

    @Test
    void refusesOtherTypesAndMissingTensors() throws IOException {
        Path file = temporary.resolve("bad.safetensors");
        SafetensorsWriter.write(file, Map.of(), List.of(vector("tokens", ElementType.I64, 1, 2, 3)));
        assertThatThrownBy(() -> TokenDataset.open(file))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("tokens must be a vector of I32");
    }

    private static TensorSource vector(String name, ElementType type, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            switch (type.bytes()) {
                case 1 -> bytes.put((byte) value);
                case 4 -> bytes.putInt((int) value);
                default -> bytes.putLong(value);
            }
        }
        return TensorSource.bytes(name, type, new Shape(values.length), bytes.flip());
    }
}
