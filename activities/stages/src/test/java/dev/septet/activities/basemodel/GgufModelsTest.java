package dev.septet.activities.basemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.format.FormatProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hostile GGUF file ends the child process that opens it, and no other. */
@Tag("long")
@Timeout(300)
class GgufModelsTest {
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int STRINGS = 16_500_000;

    @TempDir
    private Path root = Path.of("");

    @Test
    void aGgufOfMillionsOfTextsIsRefusedWhereverItComesIn() throws IOException {
        Path file = millionsOfTexts();

        assertThatThrownBy(() -> new GgufModels(root.resolve("converted")).folder(file))
                .isInstanceOf(FormatProblem.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining("the sandboxed process that read it")
                .hasMessageMatching("(?s).*(ran out of its|seconds? of processor time|s of processor time).*");
        try (Stream<Path> left =
                Files.exists(root.resolve("converted")) ? Files.list(root.resolve("converted")) : Stream.empty()) {
            assertThat(left).isEmpty();
        }
    }

    /** A whole header whose one value is a list of empty texts, eight bytes each. */
    private Path millionsOfTexts() throws IOException {
        ByteBuffer out = ByteBuffer.allocate(100 + STRINGS * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(0).putLong(1);
        byte[] key = "tokenizer.ggml.tokens".getBytes(StandardCharsets.US_ASCII);
        out.putLong(key.length).put(key).putInt(ARRAY).putInt(STRING).putLong(STRINGS);
        return Files.write(root.resolve("texts.gguf"), out.array());
    }
}
