package dev.septet.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * PipelineTexts broken at random: each gets an answer, none a crash. {@code -Dfuzz.files=100000} for a
 * long run, {@code -Dfuzz.seed=...} for another one.
 */
@Tag("long")
class PipelineFuzzTest {
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            "'",
            "\"",
            "'''",
            "\"\"\"",
            "$",
            "${",
            "/",
            "/*",
            "*/",
            "//",
            "\\",
            "@",
            "=",
            "==",
            ":",
            ";",
            ",",
            ".",
            "..",
            "..<",
            "?",
            "?:",
            "->",
            "&",
            "*",
            "**",
            "-",
            "--",
            "!",
            "<",
            ">>",
            "\n",
            "\r",
            "\t",
            "\0",
            "null",
            "true",
            "def ",
            "if (",
            "else ",
            "for (",
            "class A ",
            "new ",
            "return ",
            "in ",
            "as File",
            ".class",
            ".percent",
            ".hours",
            ".steps",
            "1e999999999",
            "0x1F",
            "9999999999999999999",
            "-1",
            "0",
            "1.5",
            "param(",
            "pipeline",
            "train",
            "rank",
            "it",
            "this",
            "é",
            "😀",
            "\u202e",
            "\u0430");

    private final long seed = Long.getLong("fuzz.seed", 20_260_101L);
    private final int files = Integer.getInteger("fuzz.files", 10_000);

    @Test
    void answersEveryBrokenFile() {
        List<byte[]> corpus = Stream.of("examples", "mistakes", "hostile")
                .flatMap(folder -> Golden.pipelines(folder).stream())
                .map(PipelineFuzzTest::bytes)
                .toList();
        for (int i = 0; i < files; i++) {
            var random = new Random(seed + i);
            byte[] file = mutate(corpus, random);
            try {
                var compilation = PipelineCompiler.compile(PipelineSource.of("fuzz.groovy", file), Map.of());
                assertThat(compilation.spec().isPresent())
                        .isEqualTo(compilation.problems().isEmpty());
                assertThat(compilation.printed()).doesNotContain("Exception", "codehaus");
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        String.format(Locale.ROOT, "seed %d:%n%s", seed + i, new String(file, StandardCharsets.UTF_8)),
                        e);
            }
        }
    }

    private static byte[] mutate(List<byte[]> corpus, Random random) {
        byte[] file = pick(corpus, random);
        int times = 1 + random.nextInt(5);
        for (int i = 0; i < times; i++) {
            int from = random.nextInt(file.length + 1);
            int to = Math.min(file.length, from + random.nextInt(1 + random.nextInt(40)));
            file = switch (random.nextInt(6)) {
                case 0 -> splice(file, from, to, new byte[0]);
                case 1 -> splice(file, from, from, piece(random));
                case 2 -> splice(file, from, to, piece(random));
                case 3 -> splice(file, from, from, Arrays.copyOfRange(file, from, to));
                case 4 -> splice(file, from, from, cut(pick(corpus, random), random));
                default -> flip(file, random);
            };
        }
        return file;
    }

    private static byte[] piece(Random random) {
        String piece = PIECES.get(random.nextInt(PIECES.size()));
        int times = random.nextInt(20) == 0 ? 1 + random.nextInt(200) : 1;
        return piece.repeat(times).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] cut(byte[] file, Random random) {
        int from = random.nextInt(file.length + 1);
        return Arrays.copyOfRange(file, from, Math.min(file.length, from + random.nextInt(200)));
    }

    private static byte[] splice(byte[] file, int from, int to, byte[] middle) {
        var spliced = new ByteArrayOutputStream();
        spliced.write(file, 0, from);
        spliced.writeBytes(middle);
        spliced.write(file, to, file.length - to);
        return spliced.toByteArray();
    }

    private static byte[] flip(byte[] file, Random random) {
        byte[] flipped = file.clone();
        if (flipped.length > 0) {
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private static byte[] pick(List<byte[]> corpus, Random random) {
        return corpus.get(random.nextInt(corpus.size()));
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
