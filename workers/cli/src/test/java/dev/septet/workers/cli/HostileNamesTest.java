package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names are shown on terminals and in tools: none of them steers one or hides in one. */
class HostileNamesTest {
    private static final String HIDDEN = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\n\t]]";

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "red\u001b[31m",
                "link\u001b]8;;http:evil.example\u0007click\u001b]8;;\u0007",
                "clip\u009b2J",
                "turned\u202Eyvoorg.exe",
                "wide\u200Bless",
                "two\nsepet: all is well",
                "back\rspace\b",
            })
    void neverReachATerminalAsTheyAre(String name) throws IOException {
        Captured septet = new Captured(folder);
        Path own = Files.createDirectories(folder.resolve(name));
        Files.createDirectories(own.resolve("models/tiny"));
        Files.writeString(own.resolve("rows.jsonl"), "{}\n");
        Path good = own.resolve(name + ".groovy");
        Files.writeString(good, pipeline("rows.jsonl"));
        Path bad = own.resolve("bad.groovy");
        Files.writeString(bad, pipeline(escaped(name) + ".jsonl"));
        Files.writeString(own.resolve(name + ".jsonl"), "{}\n");

        for (Object[] command : new Object[][] {
            {"lint", good},
            {"lint", bad},
            {"lint", own},
            {"lint", bad, "--json"},
            {"lint", bad, "--format", "sarif"},
            {"lint", Files.createDirectories(own.resolve("empty"))},
            {"run", own.resolve("missing" + name)},
            {"run", own},
            {"run", bad},
            {"plan", good},
            {"status", name},
            {name},
            {"lint", "--" + name},
        }) {
            septet.run(command);
            assertThat(septet.out() + septet.err())
                    .as("%s", command[0])
                    .isNotBlank()
                    .doesNotContainPattern(HIDDEN);
            if (List.of("lint", "run").contains(command[0])) {
                assertThat(septet.out() + septet.err()).doesNotContain("\nsepet: all is well");
            }
        }
        assertThat(septet.run("lint", good)).isEqualTo(ExitCode.OK);
        assertThat(septet.run("lint", bad)).isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(septet.out()).contains("bad.groovy:2:", "holds a hidden character");
    }

    private static String pipeline(String rows) {
        return """
            pipeline('hello') {
                prepare { dataset '%s' }
                initialize { model 'models/tiny' }
                train { method lora() }
            }
            """.formatted(rows);
    }

    /** As the language writes such characters. */
    private static String escaped(String name) {
        StringBuilder text = new StringBuilder();
        name.chars()
                .forEach(unit -> text.append(
                        unit < 0x20 || unit > 0x7E
                                ? String.format(Locale.ROOT, "\\u%04x", unit)
                                : Character.toString(unit)));
        return text.toString();
    }
}
