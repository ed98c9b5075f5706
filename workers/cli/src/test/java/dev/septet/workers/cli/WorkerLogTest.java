package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker process says while it waits for a server that is not there. */
@Tag("long")
class WorkerLogTest {
    private static final String WAITS = "the Temporal server does not answer; waiting for it";

    @TempDir
    private Path folder;

    @Test
    void logsPlainLinesToStandardOutputAndToTheFile() throws Exception {
        assertThat(firstLine(Map.of())).matches("\\d{4}-\\d\\d-\\d\\dT\\S+ WARN +\\S*WorkerProcess " + WAITS);
        assertThat(folder.resolve("logs/septet.log")).content().contains(WAITS);
    }

    @Test
    void logsJsonWhereTheEnvironmentWantsIt() throws Exception {
        JsonNode line = SpecJson.mapper().readTree(firstLine(Map.of("SEPTET_LOG_FORMAT", "json")));

        assertThat(line.path("message").asText()).isEqualTo(WAITS);
        assertThat(line.path("level").asText()).isEqualTo("WARN");
        assertThat(line.path("logger").asText()).endsWith("WorkerProcess");
        assertThat(line.path("timestamp").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
    }

    @Test
    void anotherFormatIsWrongUsage() throws Exception {
        Process process = worker(Map.of(), "--log-format", "xml");

        assertThat(process.waitFor()).isEqualTo(ExitCode.USAGE);
        assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("septet: --log-format is plain, json or none, not 'xml'\n");
    }

    private String firstLine(Map<String, String> environment) throws Exception {
        Process process = worker(environment);
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            if (line == null) {
                throw new AssertionError(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            }
            return line;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private Process worker(Map<String, String> environment, String... words) throws IOException {
        Files.createDirectories(folder.resolve("pipelines"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dseptet.home=" + folder,
                Septet.class.getName(),
                "worker",
                "--role",
                "light",
                "--pipelines",
                folder.resolve("pipelines").toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.matches("(SEPTET|TEMPORAL)_.*"));
        builder.environment().put("SEPTET_STATE", folder.toString());
        builder.environment().put("TEMPORAL_ADDRESS", "127.0.0.1:1");
        builder.environment().putAll(environment);
        return builder.start();
    }
}
