package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code lint} remarks on, the commands that use the file tell as well. */
class CommandRemarksTest {
    private static final Path QUICKSTART =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();
    private static final String REMARK = ":8:44: remark: `replay:` has no effect: ";

    @TempDir
    private Path home = Path.of("");

    private Captured septet = new Captured(home);
    private Path file = Path.of("");

    @BeforeEach
    void write() throws IOException {
        septet = new Captured(home);
        Path folder = Files.createDirectories(home.resolve("pipelines"));
        Files.createSymbolicLink(folder.resolve("data"), QUICKSTART.resolve("data"));
        Files.createSymbolicLink(folder.resolve("base-model"), QUICKSTART.resolve("base-model"));
        file = Files.writeString(folder.resolve("desk.groovy"), """
            pipeline('desk') {
                prepare    { dataset 'data/tickets.jsonl', format: chat; maxBadRows 5 }
                initialize { model 'base-model' }
                train      { method lora(); steps 10 }
                deploy     { target http { port 8080 } }
                monitor {
                    every 6.hours; drift psi, on: promptLength, above: 0.2
                    onDrift retrain, cooldown: 3.days, replay: 20.percent
                }
            }
            """);
    }

    @Test
    void planTellsThemBesideThePlan() throws IOException {
        assertThat(septet.run("plan", "--data", QUICKSTART, file)).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("Memory").doesNotContain("remark");
        assertThat(septet.err().lines()).singleElement().asString().contains(REMARK);

        assertThat(septet.run("plan", "--json", "--data", QUICKSTART, file)).isEqualTo(ExitCode.OK);
        JsonNode remarks = SpecJson.mapper().readTree(septet.out()).path("remarks");
        assertThat(remarks).hasSize(1);
        assertThat(remarks.path(0).path("id").asText()).isEqualTo("remark");
        assertThat(remarks.path(0).path("line").asInt()).isEqualTo(8);
    }

    @Test
    void runTellsThemBeforeItStarts() {
        assertThat(septet.run("run", "--detach", file)).isEqualTo(ExitCode.SERVER_UNREACHABLE);
        assertThat(septet.err().lines().toList().get(0)).contains(REMARK);
        assertThat(septet.out()).isEmpty();
    }
}
