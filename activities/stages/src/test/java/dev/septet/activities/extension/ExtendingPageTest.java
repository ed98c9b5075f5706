package dev.septet.activities.extension;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metric that extending.md shows is compiled as it stands, and a pipeline uses it. */
class ExtendingPageTest {
    private static final Path PAGE = Path.of("../../.github/docs/extending.md");
    private static final String SERVICE = "META-INF/services/dev.septet.dsl.extension.Extension";

    @TempDir
    private Path folder;

    @Test
    void theMetricOfThePageScores() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(page).contains(SERVICE);
        compile(found(page, "(?s)```java\n(.*?)```"));
        String use = found(page, "write `(metric [^`]+)` in");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(loader);
            Compilation compiled =
                    PipelineCompiler.compile(PipelineSource.of("page.groovy", """
                        pipeline('page') {
                            prepare { dataset 'data/rows.jsonl' }
                            initialize { model 'models/base' }
                            train { method lora() }
                            evaluate { %s }
                        }
                        """.formatted(use)), Map.of());
            assertThat(compiled.printed()).isEmpty();
            Metric metric = Metrics.of(
                    compiled.spec().orElseThrow().evaluate().metrics().get(0));
            assertThat(metric.tally(new Outcome("r", "two words", 1, 1))).containsExactly(1, 1);
            assertThat(metric.tally(new Outcome("r", "w ".repeat(11), 1, 1))).containsExactly(0, 1);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private void compile(String source) throws IOException {
        Path file = Files.writeString(folder.resolve("Brief.java"), source);
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-nowarn",
                        "-d",
                        folder.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        file.toString());
        assertThat(failed).isZero();
        Files.createDirectories(folder.resolve(SERVICE).getParent());
        Files.writeString(folder.resolve(SERVICE), "com.example.words.Brief\n");
    }

    private static String found(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }
}
