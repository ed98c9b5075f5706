package dev.septet.activities.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.spec.SecretRef;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

class SecretsTest {
    private static final SecretRef TOKEN = new SecretRef("TEAM_TOKEN");

    @TempDir Path folder;
    private Path file = Path.of("unset");

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("secrets");
        Files.writeString(file, "OTHER=o\nTEAM_TOKEN = no\nTEAM_TOKEN=from-file \n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void takesTheEnvironmentBeforeTheFile() {
        var secrets = new Secrets(Map.of("TEAM_TOKEN", "from-env", Secrets.FILE, file.toString()));
        assertThat(secrets.value(TOKEN).value()).isEqualTo("from-env");
    }

    @Test
    void takesTheFile() {
        var secret = new Secrets(Map.of(Secrets.FILE, file.toString())).value(TOKEN);
        assertThat(secret.value()).isEqualTo("from-file");
        assertThat(secret.toString()).isEqualTo("secret TEAM_TOKEN");
    }

    @Test
    void saysHowToSetWhatIsMissing() {
        assertThatThrownBy(() -> new Secrets(Map.of()).value(TOKEN))
                .hasMessage(
                        "this worker has no secret TEAM_TOKEN; set the environment variable"
                                + " TEAM_TOKEN, or add a line TEAM_TOKEN=... to the file that"
                                + " SEPTET_SECRETS names");
    }

    @Test
    void refusesAFileThatOthersMayRead() throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> new Secrets(Map.of(Secrets.FILE, file.toString())).value(TOKEN))
                .hasMessageContaining("may be read by others; make it yours alone: chmod 600")
                .hasMessageNotContaining("from-file");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThatThrownBy(() -> new Secrets(Map.of(Secrets.FILE, "/no/such/file")).value(TOKEN))
                .hasMessage(
                        "the secrets file '/no/such/file' that SEPTET_SECRETS names cannot be"
                                + " read");
    }
}
