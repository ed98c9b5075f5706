package dev.septet.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MistakesTest {
    static List<Path> mistakes() {
        return Golden.pipelines("mistakes");
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void explainsEveryMistake(Path pipeline) throws IOException {
        Compilation compilation = compile(pipeline);
        assertThat(compilation.spec()).isEmpty();
        assertThat(compilation.problems()).isNotEmpty();
        Golden.check(Golden.sibling(pipeline, ".txt"), compilation.printed());
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void namesNoClassOfJava(Path pipeline) throws IOException {
        for (var problem : compile(pipeline).problems()) {
            assertThat(problem.sentence())
                    .doesNotContainPattern("\\b(java|groovy|dev|org|com)\\.[a-z]")
                    .doesNotContainPattern("[A-Z][a-z]+[A-Z][a-zA-Z]*(Expression|Exception|Spec|Dsl)")
                    .doesNotContain("null", "Optional", "@");
        }
    }

    @Test
    void enoughMistakesAreKnown() {
        assertThat(mistakes()).hasSizeGreaterThan(100);
    }

    private static Compilation compile(Path pipeline) throws IOException {
        byte[] bytes = Files.readAllBytes(pipeline);
        String name = String.valueOf(pipeline.getFileName());
        return PipelineCompiler.compile(PipelineSource.of(name, bytes), Map.of());
    }
}
