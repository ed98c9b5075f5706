package dev.septet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.pipeline.SpecYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example's file says what its golden spec says. */
class ExamplePipelinesTest {
    static List<Path> pipelines() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("."))) {
            return folders.map(folder -> folder.resolve("pipeline.groovy"))
                    .filter(Files::exists)
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pipelines")
    void saysWhatItsSpecSays(Path pipeline) throws IOException {
        Compilation compiled = PipelineCompiler.compile(pipeline, Map.of());
        assertThat(compiled.printed()).isEmpty();
        String yaml = SpecYaml.write(compiled.spec().orElseThrow());
        Path golden = pipeline.resolveSibling("pipeline.spec.yaml");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, yaml);
        }
        assertThat(yaml).isEqualTo(Files.readString(golden));
    }
}
