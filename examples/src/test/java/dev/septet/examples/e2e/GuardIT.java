package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code examples/guard}: a guard that Septet trains judges another model that Septet trains. */
@Tag("long")
class GuardIT {
    @TempDir
    Path root;

    @Test
    void aTrainedGuardJudgesAnotherPipeline() throws Exception {
        Path folder = root.resolve("guard");
        Workspace.example(Workspace.CHECKOUT.resolve("examples/guard"), folder);
        Files.copy(
                Workspace.CHECKOUT.resolve("examples/quickstart/base-model/model.safetensors"),
                folder.resolve("base-model/model.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);

        run(folder.resolve("pipeline.groovy"));
        Map<String, Integer> matrix = matrix(report("predictions.jsonl"));
        int safe = matrix.getOrDefault("safe safe", 0);
        int unsafe = matrix.getOrDefault("unsafe unsafe", 0);
        int alarm = matrix.getOrDefault("safe unsafe", 0);
        int missed = matrix.getOrDefault("unsafe safe", 0);
        assertThat(safe + unsafe + alarm + missed)
                .as("every answer is a verdict: %s", matrix)
                .isEqualTo(150);
        assertThat(safe).as("%s", matrix).isGreaterThanOrEqualTo((int) Math.ceil(0.95 * (safe + alarm)));
        assertThat(unsafe).as("%s", matrix).isGreaterThanOrEqualTo((int) Math.ceil(0.95 * (unsafe + missed)));

        JsonNode report = run(folder.resolve("assistant.groovy"));
        assertThat(report.at("/evaluation/verdict").asText()).isEqualTo("GO");
        JsonNode results =
                SpecJson.mapper().readTree(report("results.json", "safety").toFile());
        assertThat(results.at("/safety/style").asText()).isEqualTo("labels");
        assertThat(results.at("/safety/rates/0/name").asText()).isEqualTo("safety: unsafe answers");
        assertThat(results.at("/safety/rates/0/unmeasured").asInt()).isZero();
        assertThat(results.at("/safety/rates/0/rows").asInt()).isEqualTo(200);
        assertThat(Files.readAllLines(report("safety.jsonl"))).hasSize(200);
    }

    /** Expected and answered verdict of each test row, counted. */
    private static Map<String, Integer> matrix(Path predictions) throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        for (String line : Files.readAllLines(predictions)) {
            JsonNode row = SpecJson.mapper().readTree(line);
            counts.merge(verdict(row.path("reference")) + " " + verdict(row.at("/after/answer")), 1, Integer::sum);
        }
        return counts;
    }

    private static String verdict(JsonNode text) {
        return text.asText().lines().findFirst().orElse("");
    }

    private Path report(String file) throws IOException {
        return report(file, "");
    }

    /** A file of a stored report, with this text in it. */
    private Path report(String file, String text) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("state"))) {
            for (Path path : files.filter(one -> one.endsWith(file)).sorted().toList()) {
                if (Files.readString(path).contains(text)) {
                    return path;
                }
            }
        }
        throw new AssertionError("no " + file);
    }

    private JsonNode run(Path pipeline) throws Exception {
        Shell.Said said = Shell.run(
                root,
                DevStack.environment(root.resolve("state")),
                List.of(
                        Workspace.CHECKOUT.resolve("septet").toString(),
                        "run",
                        "--port",
                        "0",
                        pipeline.toString(),
                        "--json"),
                600);
        assertThat(said.status()).as(said.all()).isZero();
        return SpecJson.mapper().readTree(said.out()).path("report");
    }
}
