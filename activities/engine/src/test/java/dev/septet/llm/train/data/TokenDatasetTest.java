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
import java.util.List;
import java.util.Map;
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
