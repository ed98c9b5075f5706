package dev.septet.workers.serve.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.format.FormatProblem;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class LlamaBackendTest {
    private static final int TEXT = 8;
    private static final int UINT32 = 4;

    @TempDir private Path folder = Path.of("");

    @Test
    void leavesNothingBehindWhenAFileCannotBeOpened() throws IOException {
        Path gguf = Files.write(folder.resolve("model.gguf"), withoutTokenizer());
        List<Path> before = temporary();

        assertThatThrownBy(() -> LlamaBackend.open(gguf))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("tokenizer"); // read into the folder, behind the header

        assertThat(temporary()).isEqualTo(before);
    }

    private static List<Path> temporary() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("septet-gguf"))
                    .sorted()
                    .toList();
        }
    }

    /** A whole file of version 3 that names a family and a context, and has no vocabulary. */
    private static byte[] withoutTokenizer() {
        ByteBuffer out = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        out.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(0).putLong(2);
        text(out, "general.architecture").putInt(TEXT);
        text(out, "llama");
        text(out, "llama.context_length").putInt(UINT32).putInt(64);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    private static ByteBuffer text(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return out.putLong(bytes.length).put(bytes);
    }
}
