package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real pretrained model learns a shop's rules: its answers after are better than before. */
@Tag("nightly")
class SupportAssistantIT {
    private static final Path EXAMPLE = Workspace.CHECKOUT.resolve("examples/support-assistant");
    private static final String STEPS = "45";

    @TempDir
    static Path root;

    @Test
    void answersByTheShopsRulesOnceItHasLearnedThem() throws Exception {
        Path folder = Files.createDirectories(root.resolve("support-assistant"));
        Workspace.copy(EXAMPLE.resolve("data"), folder.resolve("data"));
        Files.copy(EXAMPLE.resolve("pipeline.groovy"), folder.resolve("pipeline.groovy"));
        String base =
                said(root, EXAMPLE.resolve("get-model.sh"), folder.toString()).strip();

        JsonNode run = SpecJson.mapper()
                .readTree(said(
                        root,
                        Workspace.CHECKOUT.resolve("septet"),
                        "run",
                        "--port",
                        "0",
                        folder.resolve("pipeline.groovy").toString(),
                        "--param",
                        "base=" + base,
                        "--param",
                        "steps=" + STEPS,
                        "--json"));

        JsonNode evaluation = run.path("report").path("evaluation");
        JsonNode rouge = score(evaluation, "rougeL");
        assertThat(rouge.path("before").asDouble()).isBetween(0.05, 0.3);
        assertThat(rouge.path("after").asDouble()).isGreaterThan(0.4);
        JsonNode loss = score(evaluation, "loss");
        assertThat(loss.path("after").asDouble()).isLessThan(loss.path("before").asDouble() / 3);
        String report = Files.readString(Path.of(run.path("reportPage").asText()));
        assertThat(report).contains("Reference", "Before", "After", "fernhill.example");
        Path model = folder.resolve("models/support-assistant/current");
        assertThat(said(
                        root,
                        Workspace.CHECKOUT.resolve("septet"),
                        "chat",
                        model.toString(),
                        "--prompt",
                        "My parcel is late. Order FH-11111."))
                .contains("FH-11111");
    }

    private static JsonNode score(JsonNode evaluation, String metric) {
        for (JsonNode score : evaluation.path("scores")) {
            if (score.path("metric").asText().equals(metric)) {
                return score;
            }
        }
        throw new AssertionError("no " + metric + " in " + evaluation);
    }

    private static String said(Path folder, Path program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Map<String, String> environment = DevStack.environment(root.resolve("state"));
        Shell.Said said = Shell.run(folder, environment, command, 2400);
        assertThat(said.status()).as(said.all()).isZero();
        return said.out();
    }
}
