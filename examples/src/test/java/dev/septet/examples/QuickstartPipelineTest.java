package dev.septet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.spec.SpecYaml;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The file that newcomers run says what its golden spec says. */
class QuickstartPipelineTest {
    private static final Path FOLDER = Path.of("quickstart");

    @Test
    void saysWhatItsSpecSays() throws IOException {
        Compilation compiled =
                PipelineCompiler.compile(FOLDER.resolve("pipeline.groovy"), Map.of());
        assertThat(compiled.printed()).isEmpty();
        String yaml = SpecYaml.write(compiled.spec().orElseThrow());
        Path golden = FOLDER.resolve("pipeline.spec.yaml");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, yaml);
        }
        assertThat(yaml).isEqualTo(Files.readString(golden));
    }
}
