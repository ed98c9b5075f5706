package dev.septet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every word for a base model that the page shows is understood. */
class BaseModelDocsTest {
    private static final Path PAGE = Path.of("../.github/docs/base-models.md");

    @Test
    void everyModelThatItWritesCompiles() throws IOException {
        String page = Files.readString(PAGE);
        Matcher block = Pattern.compile("```groovy\n(.*?)```", Pattern.DOTALL).matcher(page);
        assertThat(block.find()).isTrue();
        String pipeline = block.group(1);
        compiles(pipeline);
        Matcher row = Pattern.compile("\\| `(model [^`]*)` \\|").matcher(page);
        int rows = 0;
        while (row.find()) {
            compiles(pipeline.replaceFirst("model '.*'", Matcher.quoteReplacement(row.group(1))));
            rows++;
        }
        assertThat(rows).isEqualTo(4);
    }

    private static void compiles(String pipeline) {
        var compiled = PipelineCompiler.compile(PipelineSource.of("page.groovy", pipeline), Map.of());
        assertThat(compiled.printed()).isEmpty();
        assertThat(compiled.spec()).isPresent();
    }
}
