package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.identity.IdentityProvider;
import dev.septet.workers.cli.ui.UiStart;
import dev.septet.workers.serve.keys.KeyScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page about {@code septet ui} shows is what the program takes. */
class UiDocPageTest {
    private static final String PAGE = "ui.md";

    @TempDir
    private Path home = Path.of("");

    @Test
    void itsCommandsAreThoseOfTheProgram() throws IOException {
        List<String> lines = DocPage.of(PAGE).blocks("bash").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("./septet "))
                .toList();
        for (String line : lines) {
            String[] words = line.replaceAll("\\s+#.*", "").split(" ");
            assertThat(Septet.commandLine(new Captured(home).session())
                            .parseArgs(List.of(words).subList(1, words.length).toArray(String[]::new))
                            .subcommand())
                    .as(line)
                    .isNotNull();
        }
        assertThat(lines).hasSizeGreaterThan(4);
        assertThat(DocPage.of(PAGE).text())
                .contains(String.format(Locale.ROOT, "http://%s:%d", UiStart.HOST, UiStart.PORT));
    }

    @Test
    void itsOperatorsFileDeclaresThePagesRights() throws IOException {
        List<String> files = DocPage.of(PAGE).blocks("yaml");
        assertThat(files).hasSize(1);
        Path file = Files.writeString(home.resolve("operator.yaml"), files.get(0));
        IdentityProvider declared =
                Objects.requireNonNull(IdentityProvider.of(Map.of("SEPTET_TRAINERS", file.toString())));
        assertThat(declared.roles()).containsKeys(KeyScope.UI_READ.word(), KeyScope.UI_ACT.word(), "ml-oncall");
    }

    @Test
    void aWorkersSettingIsAnAddressOrOff() {
        for (String wrong : List.of("8237", "localhost", "http://localhost:8237", "a b:1")) {
            Captured septet = new Captured(home).with("SEPTET_UI", wrong);
            assertThat(septet.run("worker", "--role", "light")).as(wrong).isEqualTo(2);
            assertThat(septet.err()).contains("SEPTET_UI", "an address and a port such as 127.0.0.1:9464, or off");
        }
    }

    @Test
    void aWorkerServesNoPageToOthersWithoutKeys() {
        Captured septet = new Captured(home).with("SEPTET_UI", "0.0.0.0:0");
        int code = septet.run("worker", "--role", "light", "--pipelines", home);
        assertThat(code).as(septet.err()).isEqualTo(2);
        assertThat(septet.err()).contains("no keys are set", "SEPTET_UI_KEY_FILE");
    }
}
