package dev.septet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every method that {@code .github/docs/methods.md} shows compiles. */
class MethodsPageTest {
    private static final Path PAGE = Path.of("../.github/docs/methods.md");

    @Test
    void itsPipelinesCompile() throws IOException {
        List<String> pipelines = found("(?s)```groovy\n(.*?)```");
        assertThat(pipelines).isNotEmpty();
        pipelines.forEach(text -> assertThat(compile(text).printed()).isEmpty());
    }

    @Test
    void everyMethodOfItsTableCompiles() throws IOException {
        List<String> methods = found("(?m)^\\| `([a-z]+[^`]*)` \\|");
        assertThat(methods).hasSizeGreaterThan(2);
        for (String method : methods) {
            String text = """
                    pipeline('p') {
                        prepare { dataset 'a.jsonl' }
                        initialize { model 'm' }
                        train { method %s }
                    }
                    """.formatted(method);
            assertThat(compile(text).printed()).as(method).isEmpty();
        }
    }

    private static List<String> found(String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(PAGE))
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    private static Compilation compile(String text) {
        return PipelineCompiler.compile(PipelineSource.of("methods.groovy", text), Map.of());
    }
}
