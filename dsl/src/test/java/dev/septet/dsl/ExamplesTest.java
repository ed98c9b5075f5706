package dev.septet.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesTest {
    static List<Path> examples() {
        return Golden.pipelines("examples");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void saysWhatItsGoldenSays(Path pipeline) throws IOException {
        Compilation compilation = compile(pipeline);
        assertThat(compilation.printed()).isEmpty();
        String yaml = SpecYaml.write(compilation.spec().orElseThrow());
        Golden.check(Golden.sibling(pipeline, ".spec.yaml"), yaml);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void keepsItsDigest(Path pipeline) throws IOException {
        String digest = SpecDigest.of(compile(pipeline).spec().orElseThrow());
        Golden.check(Golden.sibling(pipeline, ".sha256"), digest + "\n");
        assertThat(SpecDigest.of(compile(pipeline).spec().orElseThrow())).isEqualTo(digest);
    }

    private static Compilation compile(Path pipeline) throws IOException {
        byte[] bytes = Files.readAllBytes(pipeline);
        String name = String.valueOf(pipeline.getFileName());
        return PipelineCompiler.compile(PipelineSource.of(name, bytes), Map.of());
    }
}
