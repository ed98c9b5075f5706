package dev.septet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows is what the program says. */
class ReadmeTest {
    private static final Path README = Path.of("../README.md");

    @Test
    void itsPipelineCompiles() throws IOException {
        var compiled = PipelineCompiler.compile(
                PipelineSource.of("hello.groovy", blocks("groovy").get(0)), Map.of());

        assertThat(compiled.printed()).isEmpty();
        assertThat(compiled.spec()).isPresent();
    }

    @Test
    void itsMistakesAreExplainedAsItShows() throws IOException {
        String mistaken = blocks("groovy")
                .get(0)
                .replace("train     ", "trian     ")
                .replace("('models/hello') }", "('models/hello'); quantise int8 }");

        var compiled = PipelineCompiler.compile(PipelineSource.of("hello.groovy", mistaken), Map.of());

        assertThat(blocks("text")).contains(compiled.printed());
    }

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(README))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }
}
