package dev.septet.dsl.problem;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SarifPrinterTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** What SARIF 2.1.0 requires of the parts that are written. */
    private static Schema schema() throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(Files.readString(Path.of("src/test/resources/sarif-2.1.0-essence.json")));
    }

    private static JsonNode sarif(List<Problem> problems) throws IOException {
        JsonNode root = JSON.readTree(SarifPrinter.sarif(problems));
        assertThat(schema().validate(root)).isEmpty();
        return root.at("/runs/0");
    }

    @Test
    void tellsEveryProblemWithItsPlace() throws IOException {
        var compilation = PipelineCompiler.compile(
                PipelineSource.of("dir/a b.groovy", "pipeline('p') {\n    trian { }\n}\n"), Map.of());
        JsonNode run = sarif(compilation.problems());
        assertThat(run.get("results")).hasSize(compilation.problems().size());
        JsonNode result = run.at("/results/" + (run.get("results").size() - 1));
        assertThat(result.at("/ruleId").asText()).isEqualTo("unknown-word");
        assertThat(run.at("/tool/driver/rules/" + result.at("/ruleIndex").asInt() + "/id")
                        .asText())
                .isEqualTo("unknown-word");
        assertThat(result.at("/message/text").asText())
                .isEqualTo("`trian` is not known in `pipeline`. Did you mean `train`?");
        JsonNode place = result.at("/locations/0/physicalLocation");
        assertThat(place.at("/artifactLocation/uri").asText()).isEqualTo("dir/a%20b.groovy");
        assertThat(place.get("region"))
                .hasToString("{\"startLine\":2,\"startColumn\":5,\"endLine\":2,\"endColumn\":10}");
    }

    @Test
    void tellsOfAFileAsAWholeAndOfNothing() throws IOException {
        var unreadable = new Problem(ProblemId.UNREADABLE, SourceLocation.of("/no/such"), "gone", "", "");
        JsonNode place = sarif(List.of(unreadable)).at("/results/0/locations/0/physicalLocation");
        assertThat(place.has("region")).isFalse();
        assertThat(place.at("/artifactLocation/uri").asText()).isEqualTo("file:/no/such");
        assertThat(sarif(List.of()).get("results")).isEmpty();
    }
}
