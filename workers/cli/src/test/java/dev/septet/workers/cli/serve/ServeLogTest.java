package dev.septet.workers.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Septet;
import dev.septet.workers.cli.option.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What servers in the foreground write to the console, where a container's log is read. */
@Tag("long")
class ServeLogTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void aModelServerLogsJsonToStandardErrorOnly() throws Exception {
        Process process = start(Map.of("SEPTET_LOG_FORMAT", "json"), "serve", "--targets", "--port", "0");
        try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
            JsonNode line;
            do {
                line = SpecJson.mapper().readTree(String.valueOf(err.readLine()));
                assertThat(line.path("timestamp").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
            } while (!line.path("logger").asText().endsWith("ServeCommand"));
            assertThat(line.path("message").asText()).startsWith("serving at http://127.0.0.1:");
            assertThat(process.getInputStream().available()).isZero();
            process.toHandle().destroy(); // leaves the streams open
            for (String last = err.readLine(); last != null; last = err.readLine()) {
                assertThat(SpecJson.mapper().readTree(last).has("message"))
                        .as(last)
                        .isTrue();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(folder.resolve("logs/septet.log")).content().contains("serving at http://127.0.0.1:");
    }

    @Test
    void theAddressIsAloneOnStandardOutput() throws Exception {
        Process process = start(Map.of("SEPTET_LOG_FORMAT", "json"), "serve", "--targets", "--port", "0", "--json");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
                BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
            assertThat(SpecJson.mapper()
                            .readTree(String.valueOf(out.readLine()))
                            .path("url")
                            .asText())
                    .startsWith("http://127.0.0.1:");
            assertThat(SpecJson.mapper()
                            .readTree(String.valueOf(err.readLine()))
                            .path("level")
                            .asText())
                    .isEqualTo("INFO");
            assertThat(out.ready()).isFalse();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void anotherFormatIsWrongUsage() throws Exception {
        for (String command : List.of("serve", "ui", "codec-server")) {
            Process process = start(Map.of(), command, "--log-format", "xml");

            assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .as(command)
                    .isEqualTo("septet: --log-format is plain, json or none, not 'xml'\n");
            assertThat(process.waitFor()).as(command).isEqualTo(ExitCode.USAGE);
        }
    }

    private Process start(Map<String, String> environment, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dseptet.home=" + folder,
                Septet.class.getName()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.matches("(SEPTET|TEMPORAL|OTEL)_.*"));
        builder.environment().put("SEPTET_STATE", folder.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }
}
