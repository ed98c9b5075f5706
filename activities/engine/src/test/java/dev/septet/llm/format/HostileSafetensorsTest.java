package dev.septet.llm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every lie that a safetensors header can tell gets one plain sentence. */
class HostileSafetensorsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1L << 31, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void refusesHeaderLengthsThatCannotBe(long length) throws IOException {
        Path file = write(length, "{}", 0);
        assertThatThrownBy(() -> Safetensors.open(file))
                .isInstanceOf(FormatProblem.class)
                .hasMessage(file
                        + ": header length is "
                        + Long.toUnsignedString(length)
                        + ", expected 2 to 100000000: not a safetensors file, or damaged");
    }

    @Test
    void refusesAHeaderLongerThanTheFile() throws IOException {
        Path file = write(500, "{}", 0);
        assertThatThrownBy(() -> Safetensors.open(file))
                .hasMessage(file + ": header length is 500 but the file ends after 2 more bytes");
    }

    @ParameterizedTest
    @MethodSource("lies")
    void refusesLies(String header, int dataBytes, String reason) throws IOException {
        Path file = write(header.length(), header, dataBytes);
        assertThatThrownBy(() -> Safetensors.open(file))
                .isInstanceOf(FormatProblem.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason);
    }

    static Stream<Arguments> lies() {
        String a = "\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}";
        return Stream.of(
                Arguments.of("{" + a + "}", 5, "holds 5 bytes of data but its header describes 4"),
                Arguments.of("{" + a + "}", 3, "holds 3 bytes of data but its header describes 4"),
                Arguments.of(
                        "{" + a + "," + tensor("b", "U8", "[4]", 2, 6) + "}", 6, "starts at 2 where 4 was expected"),
                Arguments.of("{" + a + "," + tensor("b", "U8", "[4]", 8, 12) + "}", 12, "starts at 8 where 4"),
                Arguments.of("{" + a + "," + a + "}", 4, "is not valid JSON: Duplicate field 'a'"),
                Arguments.of("{" + tensor("b", "U8", "[4294967296,4294967296]", 0, 0) + "}", 0, "impossible shape"),
                Arguments.of("{" + tensor("b", "F32", "[4611686018427387904]", 0, 0) + "}", 0, "impossible shape"),
                Arguments.of("{" + tensor("b", "U8", "[-4]", 0, 4) + "}", 4, "has -4 where a size or offset belongs"),
                Arguments.of("{" + tensor("b", "U8", "[4.5]", 0, 4) + "}", 4, "has 4.5 where a size"),
                Arguments.of("{" + tensor("b", "U8", "[99999999999999999999]", 0, 4) + "}", 4, "where a size"),
                Arguments.of("{" + tensor("b", "F32", "[4]", 0, 4) + "}", 4, "needs 16 bytes, but its data_offsets"),
                Arguments.of("{" + tensor("b", "U8", "[4]", 4, 0) + "}", 4, "needs 4 bytes, but its data_offsets"),
                Arguments.of("{" + tensor("b", "F8_E4M3", "[4]", 0, 4) + "}", 4, "unknown type \"F8_E4M3\""),
                Arguments.of("{\"b\":{}}", 0, "unknown type \"\""),
                Arguments.of("{\"b\":7}", 0, "unknown type \"\""),
                Arguments.of("[1,2,3]", 0, "the header is not a JSON object"),
                Arguments.of("{\"b\":" + "[".repeat(100_000), 0, "is not valid JSON"),
                Arguments.of("{}{}", 0, "is not valid JSON"),
                Arguments.of("not json", 0, "is not valid JSON"),
                // Its first bytes look like UTF-32.
                Arguments.of("\0\0\0{abc\0{}", 0, "is not valid JSON: it is not text in UTF-8"));
    }

    @Test
    void refusesAPickleThatIsCalledSafetensors() throws IOException {
        for (byte[] start : new byte[][] {{(byte) 0x80, 2, '}', 'q', 0, '.', 0, 0}, {'P', 'K', 3, 4, 0, 0, 8, 8}}) {
            Path file = folder.resolve("model.safetensors");
            Files.write(file, start);
            assertThatThrownBy(() -> Safetensors.open(file))
                    .isInstanceOf(FormatProblem.class)
                    .hasMessageStartingWith(
                            file + ": is a Python pickle, which can run any code when it is" + " loaded");
        }
    }

    @Test
    void refusesAFileOfNoLength() throws IOException {
        Path file = Files.createFile(folder.resolve("model.safetensors"));
        assertThatThrownBy(() -> Safetensors.open(file))
                .hasMessage(file + ": is 0 bytes long, too short to be safetensors");
    }

    @Test
    void acceptsAFileWithoutTensors() throws IOException {
        assertThat(Safetensors.open(write(2, "{}", 0)).tensors()).isEmpty();
    }

    private static String tensor(String name, String type, String shape, long begin, long end) {
        return "\""
                + name
                + "\":{\"dtype\":\""
                + type
                + "\",\"shape\":"
                + shape
                + ",\"data_offsets\":["
                + begin
                + ","
                + end
                + "]}";
    }

    private Path write(long length, String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(json);
        return Files.write(folder.resolve("model.safetensors"), bytes.array());
    }
}
