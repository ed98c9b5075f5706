package dev.septet.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The values of secrets, hidden in texts. */
class SecretValuesTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void areThoseOfDeclaredVariablesOfOthersByTheirNamesAndOfFiles() throws IOException {
        Path file = Files.writeString(folder.resolve("secrets"), "HOOK=from-the-file\nHOOK.pipelines=a\n");
        SecretValues values = SecretValues.of(Map.of(
                "SEPTET_SECRET_HOOK",
                "declared-value",
                "COMPANY_PASSWORD",
                "company-value",
                "SEPTET_SECRETS",
                file.toString(),
                "SEPTET_STATE",
                "/srv/septet-state",
                "SSH_AUTH_SOCK",
                "/tmp/agent.12",
                "API_KEY",
                "short"));

        assertThat(values.hiddenIn("declared-value company-value from-the-file /srv/septet-state /tmp/agent.12 short"))
                .isEqualTo("[SECRET] [SECRET] [SECRET] /srv/septet-state /tmp/agent.12 short");
        assertThat(values.hiddenIn("see https://user:pass@hub.example/x and https://hub.example/y@z"))
                .isEqualTo("see https://hub.example/x and https://hub.example/y@z");
    }

    @Test
    void aLongerSecretIsHiddenBeforeItsPart() {
        SecretValues values = SecretValues.of(Map.of("A_TOKEN", "abcdefgh", "B_TOKEN", "abcdefgh-and-more"));

        assertThat(values.hiddenIn("abcdefgh-and-more")).isEqualTo("[SECRET]");
    }
}
