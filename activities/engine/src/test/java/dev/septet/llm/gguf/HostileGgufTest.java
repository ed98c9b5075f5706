package dev.septet.llm.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.Tiny;
import dev.septet.llm.quantize.GgmlType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every lie that a GGUF header can tell gets one plain sentence, and costs no memory. */
class HostileGgufTest {
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("lies")
    void refusesLies(Bytes bytes, String reason) throws IOException {
        Path file = Files.write(folder.resolve("model.gguf"), bytes.toArray());
        assertThatThrownBy(() -> GgufFile.open(file))
                .isInstanceOf(FormatProblem.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason);
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                Arguments.of(new Bytes(), "does not start with GGUF"),
                Arguments.of(new Bytes().text("GGML").int32(3), "does not start with GGUF"),
                Arguments.of(new Bytes().text("GGUF"), "ends where the version was expected"),
                Arguments.of(new Bytes().text("GGUF").int32(1), "is GGUF version 1, expected 2 or 3"),
                Arguments.of(new Bytes().text("GGUF").int32(3 << 24), "is GGUF version 50331648"),
                Arguments.of(start(Long.MIN_VALUE, 0), "announces 9223372036854775808 tensors"),
                Arguments.of(start(Long.MAX_VALUE, 0), "announces 9223372036854775807 tensors"),
                Arguments.of(start(0, Long.MIN_VALUE), "announces 9223372036854775808 metadata values"),
                Arguments.of(start(0, 1 << 20), "announces 1048576 metadata values, more than its remaining 0 bytes"),
                Arguments.of(padded(start(0, 1).int64(Long.MAX_VALUE)), "bytes of a metadata name"),
                Arguments.of(
                        padded(start(0, 1).string("k").int32(STRING).int64(1L << 62)),
                        "4611686018427387904 bytes of k"),
                Arguments.of(
                        padded(start(0, 1)
                                .string("k")
                                .int32(ARRAY)
                                .int32(STRING)
                                .int64(1L << 61)),
                        "2305843009213693952 elements of k"),
                Arguments.of(padded(start(0, 1).string("k").int32(99)), "value of k has the unknown type 99"),
                Arguments.of(padded(start(0, 1).string("k").int32(-1)), "unknown type 4294967295"),
                Arguments.of(nested(100), "k nests arrays deeper than 4"),
                Arguments.of(
                        padded(start(0, 2)
                                .string("k")
                                .int32(4)
                                .int32(1)
                                .string("k")
                                .int32(4)
                                .int32(1)),
                        "has two metadata values named k"),
                Arguments.of(
                        padded(start(0, 1).string("k").int32(STRING).int64(2).int16(0xc0ff)), "k is not valid UTF-8"),
                Arguments.of(alignment(0), "general.alignment is 0, expected a power of two"),
                Arguments.of(alignment(33), "general.alignment is 33"),
                Arguments.of(alignment(0x8000_0000), "general.alignment is 2147483648"),
                Arguments.of(padded(start(1, 0).string("t").int32(5)), "tensor t has 5 dimensions"),
                Arguments.of(padded(start(1, 0).string("t").int32(-1)), "tensor t has 4294967295 dimensions"),
                Arguments.of(padded(tensor("t", 1L << 32, 1L << 32, 0, 0)), "tensor t has an impossible shape"),
                Arguments.of(padded(tensor("t", -4, 1, 0, 0)), "tensor t has an impossible shape"),
                Arguments.of(padded(tensor("t", 0, 4, 0, 0)), "tensor t has an impossible shape"),
                Arguments.of(padded(tensor("t", 4, 1, 77, 0)), "tensor t is stored as ggml type 77"),
                Arguments.of(padded(tensor("t", 33, 1, GgmlType.Q8_0.id(), 0)), "do not fill blocks of Q8_0"),
                Arguments.of(padded(tensor("t", 4, 1, 0, 7)), "tensor t has the impossible offset 7"),
                Arguments.of(padded(tensor("t", 4, 1, 0, Long.MIN_VALUE)), "impossible offset 9223372036854775808"),
                Arguments.of(padded(tensor("t", 4, 1, 0, 1L << 40)), "impossible offset 1099511627776"),
                Arguments.of(padded(tensor("t", 1L << 40, 1, 0, 0)), "ends inside tensor t: truncated"),
                Arguments.of(padded(tensor("t", 4, 1L << 58, 0, 0)), "ends inside tensor t: truncated"),
                Arguments.of(two("a", "a", 32), "has two tensors named a"),
                Arguments.of(two("a", "b", 0), "tensors a and b overlap"));
    }

    /** Two gigabytes that occupy no disk announce two billion bytes as a list of numbers. */
    @Test
    void refusesCountsThatOnlyASparseFileCouldHold() throws IOException {
        Path file = folder.resolve("sparse.gguf");
        byte[] start = start(0, 1)
                .string("k")
                .int32(ARRAY)
                .int32(0)
                .int64(2_000_000_000L)
                .toArray();
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            out.write(ByteBuffer.wrap(start));
            out.write(ByteBuffer.allocate(1), 2_100_000_000L);
        }
        assertThatThrownBy(() -> GgufFile.open(file))
                .isInstanceOf(FormatProblem.class)
                .hasMessage(
                        file + ": announces 2000000000 elements of k, more than any model has" + " (16777216 in all)");
    }

    @Test
    void survivesEveryTruncationOfAGoodFile() throws Exception {
        byte[] good = good();
        for (int length = 0; length < good.length; length += length < 128 ? 1 : 61) {
            byte[] part = Arrays.copyOf(good, length);
            Path file = Files.write(folder.resolve("part.gguf"), part);
            assertThatThrownBy(() -> GgufFile.open(file)).isInstanceOf(FormatProblem.class);
        }
    }

    @Test
    void survivesRandomDamageToTheHeader() throws Exception {
        byte[] good = good();
        Random random = new Random(1);
        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(2), () -> {
            for (int round = 0; round < 500; round++) {
                byte[] damaged = good.clone();
                for (int hit = 0; hit < 3; hit++) {
                    damaged[random.nextInt(12_000)] = (byte) random.nextInt(256);
                }
                Path file = Files.write(folder.resolve("damaged.gguf"), damaged);
                try {
                    assertThat(GgufFile.open(file).tensors()).hasSizeLessThan(100);
                } catch (FormatProblem problem) {
                    assertThat(problem).hasMessageStartingWith(file + ": ");
                }
            }
        });
    }

    private byte[] good() throws Exception {
        Path file = folder.resolve("good.gguf");
        GgufExport.write(ModelFolder.open(Tiny.base()), file, "tiny", GgufForm.Q8_0);
        return Files.readAllBytes(file);
    }

    private static Bytes start(long tensors, long values) {
        return new Bytes().text("GGUF").int32(3).int64(tensors).int64(values);
    }

    private static Bytes alignment(int value) {
        return padded(start(0, 1).string("general.alignment").int32(4).int32(value));
    }

    private static Bytes nested(int depth) {
        Bytes bytes = start(0, 1).string("k");
        for (int i = 0; i < depth; i++) {
            bytes.int32(ARRAY);
            if (i > 0) {
                bytes.int64(1);
            }
        }
        return padded(bytes);
    }

    private static Bytes tensor(String name, long columns, long rows, int type, long offset) {
        return start(1, 0)
                .string(name)
                .int32(2)
                .int64(columns)
                .int64(rows)
                .int32(type)
                .int64(offset);
    }

    private static Bytes two(String first, String second, long offset) {
        Bytes bytes = start(2, 0).string(first).int32(1).int64(4).int32(0).int64(0);
        return padded(bytes.string(second).int32(1).int64(4).int32(0).int64(offset));
    }

    /** Room enough that only the lie itself is at fault. */
    private static Bytes padded(Bytes bytes) {
        return bytes.text("\0".repeat(256));
    }

    /** Little-endian bytes, put together piece by piece. */
    private static final class Bytes {
        private final ByteBuffer buffer = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

        Bytes text(String text) {
            buffer.put(text.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        Bytes string(String text) {
            return int64(text.length()).text(text);
        }

        Bytes int16(int value) {
            buffer.putShort((short) value);
            return this;
        }

        Bytes int32(int value) {
            buffer.putInt(value);
            return this;
        }

        Bytes int64(long value) {
            buffer.putLong(value);
            return this;
        }

        byte[] toArray() {
            return Arrays.copyOf(buffer.array(), buffer.position());
        }
    }
}
