package dev.septet.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.problem.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scripts that want to run: each is refused, none leaves its canary behind. */
class HostileTest {
    /** As long on every machine, because goldens show the lines with it. */
    private static final Path CANARY = Path.of("target/canary");

    @BeforeEach
    void removeCanary() throws IOException {
        Files.deleteIfExists(CANARY);
    }

    static List<Path> scripts() {
        return Golden.pipelines("hostile");
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void refusesAndRunsNothing(Path script) throws IOException {
        String text = Files.readString(script).replace("CANARY", "target/canary");

        var output = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        Compilation compilation;
        try {
            compilation = PipelineCompiler.compile(PipelineSource.of("hostile.groovy", text), Map.of());
        } finally {
            System.setOut(before);
        }

        assertThat(compilation.spec()).isEmpty();
        assertThat(compilation.problems()).isNotEmpty();
        assertThat(CANARY).doesNotExist();
        assertThat(output.size()).isZero();
        assertThat(compilation.problems()).allSatisfy(HostileTest::isPlain);
        Golden.check(Golden.sibling(script, ".txt"), compilation.printed());
    }

    @Test
    void enoughScriptsAreKnown() {
        assertThat(scripts()).hasSizeGreaterThan(100);
    }

    /** One line, no control characters, no trace of the parser's insides. */
    private static void isPlain(Problem problem) {
        assertThat(problem.sentence())
                .doesNotContainPattern("\\p{Cntrl}")
                .doesNotContain("Exception", "org.codehaus", "antlr", "Node@", "\tat ");
    }
}
