package dev.septet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code .github/docs/language.md} shows is so. */
class LanguagePageTest {
    private static final Path PAGE = Path.of("../.github/docs/language.md");

    private static String pipeline() throws IOException {
        Matcher block = Pattern.compile("```groovy\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    private static Compilation compile(String text) {
        return PipelineCompiler.compile(PipelineSource.of("support.groovy", text), Map.of());
    }

    @Test
    void itsPipelineCompiles() throws IOException {
        Compilation compiled = compile(pipeline());
        assertThat(compiled.printed()).isEmpty();
        var prepare = compiled.spec().orElseThrow().prepare();
        assertThat(prepare.transforms()).hasSize(2);
        assertThat(Files.readString(PAGE)).contains("support.groovy:6:18: takes more than");
        assertThat(prepare.transforms().toString()).contains("line=6, column=18");
    }

    @Test
    void itsPeersWordIsExplainedAsItShows() {
        String text = """
                pipeline('p') {
                    prepare { dataset 'a.jsonl' }
                    initialize { model 'm' }
                    train { method lora(); num_train_epochs 3 }
                }
                """;
        assertThat(compile(text).printed())
                .startsWith(
                        "support.groovy:4:28: `num_train_epochs` is not known in `train`. Septet's word is `epochs`.");
    }

    @Test
    void itsFilesAreThere() throws IOException {
        for (String name : new String[] {"pipeline.gdsl", "pipeline.schema.json"}) {
            String resource = "META-INF/septet/" + name;
            assertThat(PipelineCompiler.class.getClassLoader().getResource(resource))
                    .as(resource)
                    .isNotNull();
        }
        Matcher link = Pattern.compile("\\]\\((\\.\\./[^)]+)\\)").matcher(Files.readString(PAGE));
        int links = 0;
        while (link.find()) {
            assertThat(PAGE.resolveSibling(link.group(1))).exists();
            links++;
        }
        assertThat(links).isGreaterThan(1);
    }
}
