package dev.septet.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.problem.ProblemId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that stall Groovy's parser, or fill the memory, when they reach it. */
class LimitsTest {
    /** Far below what any of them takes without the limits: minutes, or for ever. */
    private static final Duration ANSWER = Duration.ofSeconds(60);

    static Stream<Arguments> files() {
        return Stream.of(
                Arguments.of("1,000 nested braces", "a {".repeat(1_000) + "}".repeat(1_000)),
                Arguments.of("1,000 open braces", "a {".repeat(1_000)),
                Arguments.of("1,000 nested lists", "[".repeat(1_000) + "]".repeat(1_000)),
                Arguments.of("1,000 nested parentheses", "(".repeat(1_000) + ")".repeat(1_000)),
                Arguments.of("braces to the limit", "a {".repeat(32) + "}".repeat(32)),
                Arguments.of("lists to the limit", "a " + "[".repeat(32) + "]".repeat(32)),
                Arguments.of("calls to the limit", "a(".repeat(32) + ")".repeat(32)),
                Arguments.of("mixed to the limit", "a({[".repeat(10) + "]})".repeat(10)),
                Arguments.of("braces to the limit, broken", "a {".repeat(31) + "=" + "}".repeat(31)),
                Arguments.of("200,000 digits", "def x = " + "9".repeat(200_000)),
                Arguments.of("200,000 fraction digits", "def x = 0." + "9".repeat(200_000)),
                Arguments.of("200,000 digits in hex", "def x = 0x" + "F".repeat(200_000)),
                Arguments.of("10 MB", "// comment\n".repeat(1_000_000)),
                Arguments.of("a long text", "def x = '" + "a".repeat(70_000) + "'"),
                Arguments.of("6,000 statements", "def x = 1;".repeat(6_000)),
                Arguments.of("5,000 unknown words", "a 1\n".repeat(5_000)),
                Arguments.of("a sum of 100,000", "def x = 1" + "+1".repeat(100_000)),
                Arguments.of("100,000 minus signs", "def x = " + "- ".repeat(100_000) + "1"),
                Arguments.of("100,000 negations", "def x = " + "!".repeat(100_000) + "true"),
                Arguments.of("20,000 choices", "def x = " + "true ? 1 : ".repeat(20_000) + "1"),
                Arguments.of("20,000 else-ifs", "if (true) { }" + " else if (true) { }".repeat(8_000)),
                Arguments.of("a chain of 50,000 words", "a " + "b ".repeat(50_000)),
                Arguments.of("a chain of 50,000 dots", "a" + ".b".repeat(50_000)),
                Arguments.of("50,000 values", "a 1" + ", 1".repeat(50_000)),
                Arguments.of("50,000 options", "a b: 1" + ", b: 1".repeat(25_000)),
                Arguments.of("20,000 opening quotes", "'\n".repeat(20_000)),
                Arguments.of("20,000 templates", "def x = \"" + "$a".repeat(20_000) + "\""),
                Arguments.of("250 KiB without a space", "a".repeat(250_000)),
                Arguments.of("250 KiB of line ends", "\n".repeat(250_000)),
                Arguments.of("texts that double", doubling(40)));
    }

    private static String doubling(int times) {
        var text = new StringBuilder("def a0 = 'aaaaaaaaaaaaaaaa'\n");
        for (int i = 1; i <= times; i++) {
            text.append(String.format(Locale.ROOT, "def a%d = a%d + a%d\n", i, i - 1, i - 1));
        }
        return text.toString();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void answersEveryFile(String name, String text) {
        Instant start = Instant.now();
        var compilation = PipelineCompiler.compile(PipelineSource.of("large.groovy", text), Map.of());
        assertThat(Duration.between(start, Instant.now())).isLessThan(ANSWER);
        assertThat(compilation.spec()).isEmpty();
        assertThat(compilation.problems()).isNotEmpty().hasSizeLessThanOrEqualTo(100);
        assertThat(compilation.printed()).hasSizeLessThan(100_000);
    }

    @ParameterizedTest
    @MethodSource("brokenBytes")
    void refusesBytesThatAreNoText(int line, int column, byte[] bytes) {
        var compilation = PipelineCompiler.compile(PipelineSource.of("bytes.groovy", bytes), Map.of());
        assertThat(compilation.problems()).hasSize(1);
        var problem = compilation.problems().get(0);
        assertThat(problem.id()).isEqualTo(ProblemId.TEXT);
        assertThat(problem.location().line()).isEqualTo(line);
        assertThat(problem.location().column()).isEqualTo(column);
    }

    static Stream<Arguments> brokenBytes() {
        return Stream.of(
                Arguments.of(1, 3, bytes("a ", 0xFF)),
                Arguments.of(2, 1, bytes("a\n", 0xC0, 0x80)),
                Arguments.of(1, 5, bytes("a 'ä", 0xE2, 0x82, 0x27)),
                Arguments.of(1, 2, bytes("a", 0xED, 0xA0, 0x80)),
                Arguments.of(1, 2, bytes("a", 0xF4, 0x90, 0x80, 0x80)),
                Arguments.of(1, 2, bytes("a", 0xE2, 0x82)));
    }

    private static byte[] bytes(String text, int... more) {
        byte[] start = text.getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(start, start.length + more.length);
        for (int i = 0; i < more.length; i++) {
            all[start.length + i] = (byte) more[i];
        }
        return all;
    }
}
