package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code examples/documents}: from pages in four formats to a trained model. */
@Tag("nightly")
class DocumentsIT {
    @TempDir
    Path root;

    @Test
    void trainsOnThePagesOfAManual() throws Exception {
        Workspace.example(Workspace.CHECKOUT.resolve("examples/documents"), root.resolve("examples/documents"));
        Workspace.copy(
                Workspace.CHECKOUT.resolve("examples/quickstart/base-model"),
                Files.createDirectories(root.resolve("examples/quickstart")).resolve("base-model"));
        Shell.Said said = Shell.run(
                root,
                DevStack.environment(root.resolve("state")),
                List.of(
                        Workspace.CHECKOUT.resolve("septet").toString(),
                        "run",
                        "--port",
                        "0",
                        "--data",
                        root.toString(),
                        root.resolve("examples/documents/pipeline.groovy").toString(),
                        "--json"),
                600);
        assertThat(said.status()).as(said.all()).isZero();
        JsonNode report = SpecJson.mapper().readTree(said.out()).path("report");
        assertThat(report.at("/dataset/quarantinedRows").asInt()).isZero();
        JsonNode loss = report.at("/evaluation/scores/0");
        assertThat(loss.path("metric").asText()).isEqualTo("loss");
        assertThat(loss.path("after").asDouble()).isLessThan(loss.path("before").asDouble());
        assertThat(root.resolve("examples/documents/models/documents/current/model/config.json"))
                .isRegularFile();
    }
}
