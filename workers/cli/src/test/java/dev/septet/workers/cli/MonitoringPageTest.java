package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.AuditSettings;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Detector;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** What the page on monitoring shows is what the program takes. */
class MonitoringPageTest {
    private static final String PAGE = "monitoring.md";

    @TempDir
    private Path home = Path.of("");

    @Test
    void itsPipelinesCompile() throws IOException {
        List<String> pipelines = DocPage.of(PAGE).blocks("groovy");
        assertThat(pipelines).isNotEmpty();
        for (String pipeline : pipelines) {
            Path folder = Files.createDirectories(home.resolve("data"));
            Files.writeString(folder.resolve("tickets.jsonl"), "{}\n");
            Files.createDirectories(home.resolve("base-model"));
            Path file = Files.writeString(home.resolve("desk.groovy"), pipeline);
            var compiled = PipelineCompiler.compile(file, Map.of());
            assertThat(compiled.printed()).isEmpty();
            assertThat(compiled.spec().orElseThrow().monitor()).isNotNull();
        }
    }

    @Test
    void itsCommandsAreThoseOfTheProgram() throws IOException {
        int commands = 0;
        for (String line : String.join("\n", DocPage.of(PAGE).blocks("bash"))
                .lines()
                .filter(one -> !one.isBlank())
                .toList()) {
            String command = line.replaceAll("\\s+#.*", "").strip();
            assertThat(command).startsWith("./septet ");
            String[] words = Arrays.stream(command.split("\\s+(?=(?:[^']*'[^']*')*[^']*$)"))
                    .skip(1)
                    .map(word -> word.replace("'", ""))
                    .toArray(String[]::new);
            CommandLine septet = Septet.commandLine(new Captured(home).session());
            ParseResult parsed = septet.parseArgs(words);
            assertThat(parsed.subcommand()).as(command).isNotNull();
            commands++;
        }
        assertThat(commands).isGreaterThan(7);
    }

    @Test
    void itsTableHasEveryDetector() throws IOException {
        String page = DocPage.of(PAGE).text();
        for (Detector detector : Detector.values()) {
            String word = Pattern.compile("_(.)")
                    .matcher(detector.name().toLowerCase(java.util.Locale.ROOT))
                    .replaceAll(next -> next.group(1).toUpperCase(java.util.Locale.ROOT));
            assertThat(page).contains("| `" + word + "` | ");
        }
        assertThat(AuditSettings.DEFAULT.texts()).isEqualTo(AuditSettings.Texts.REDACTED);
        assertThat(page).contains("Its exit code is then " + ExitCode.LOG_BROKEN);
    }
}
