package dev.septet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code .github/docs/preserving.md} shows compiles. */
class PreservingPageTest {
    private static final Path PAGE = Path.of("../.github/docs/preserving.md");

    @Test
    void itsPipelinesCompile() throws IOException {
        List<String> pipelines = Pattern.compile("(?s)```groovy\n(.*?)```")
                .matcher(Files.readString(PAGE))
                .results()
                .map(result -> result.group(1))
                .toList();
        assertThat(pipelines).isNotEmpty();
        for (String text : pipelines) {
            PipelineSource source = PipelineSource.of("preserving.groovy", text);
            assertThat(PipelineCompiler.compile(source, Map.of()).printed()).isEmpty();
        }
    }
}
