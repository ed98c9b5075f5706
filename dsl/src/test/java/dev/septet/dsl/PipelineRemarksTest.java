package dev.septet.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.problem.ProblemPrinter;
import dev.septet.dsl.problem.SarifPrinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A word that does less than it says is remarked on at its line; the file stays valid. */
class PipelineRemarksTest {
    static List<Path> remarks() {
        return Golden.pipelines("remarks");
    }

    @ParameterizedTest
    @MethodSource("remarks")
    void remarksWithoutRefusing(Path pipeline) throws IOException {
        Compilation compilation = PipelineCompiler.compile(
                PipelineSource.of(String.valueOf(pipeline.getFileName()), Files.readAllBytes(pipeline)), Map.of());
        assertThat(compilation.spec()).isPresent();
        assertThat(compilation.problems()).isEmpty();
        assertThat(compilation.printed()).isEmpty();
        Golden.check(Golden.sibling(pipeline, ".txt"), ProblemPrinter.text(compilation.remarks()));
        assertThat(ProblemPrinter.json(compilation.remarks())).contains("\"id\" : \"remark\"");
        assertThat(SarifPrinter.sarif(compilation.remarks()))
                .contains("\"level\" : \"note\"")
                .doesNotContain("\"level\" : \"error\"");
    }
}
