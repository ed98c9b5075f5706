package dev.septet.activities.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.SecretRef;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
    private static final SecretRef TOKEN = new SecretRef("TEAM_TOKEN");

    @TempDir
    Path folder;

    private Path file = Path.of("unset");

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("secrets");
        Files.writeString(file, """
            # ours
            OTHER=o
            TEAM_TOKEN = no
            TEAM_TOKEN=from-file\s
            TEAM_TOKEN.pipelines=bot, desk
            """);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void takesTheEnvironmentBeforeTheFile() {
        var secrets = new Secrets(Map.of(
                "SEPTET_SECRET_TEAM_TOKEN",
                "from-env",
                "SEPTET_SECRET_TEAM_TOKEN_PIPELINES",
                "bot",
                Setting.SECRETS.variable(),
                file.toString()));
        assertThat(secrets.value(TOKEN, "bot").value()).isEqualTo("from-env");
        assertThat(secrets.value(new SecretRef("SEPTET_SECRET_TEAM_TOKEN"), "bot")
                        .value())
                .isEqualTo("from-env");
    }

    @Test
    void takesTheFile() {
        var secret = new Secrets(Map.of(Setting.SECRETS.variable(), file.toString())).value(TOKEN, "desk");
        assertThat(secret.value()).isEqualTo("from-file");
        assertThat(secret.toString()).isEqualTo("secret TEAM_TOKEN");
    }

    @Test
    void readsNoOtherVariable() {
        assertThatThrownBy(() -> new Secrets(Map.of("TEAM_TOKEN", "from-env")).value(TOKEN, "bot"))
                .hasMessage("this worker has no secret TEAM_TOKEN; set the environment variables"
                        + " SEPTET_SECRET_TEAM_TOKEN and"
                        + " SEPTET_SECRET_TEAM_TOKEN_PIPELINES=bot (a variable that is"
                        + " called just TEAM_TOKEN is not read), or add the lines"
                        + " TEAM_TOKEN=... and TEAM_TOKEN.pipelines=bot to the file that"
                        + " SEPTET_SECRETS names");
    }

    @Test
    void refusesAPipelineThatIsNotNamed() {
        var secrets = new Secrets(Map.of(Setting.SECRETS.variable(), file.toString()));
        assertThatThrownBy(() -> secrets.value(TOKEN, "stranger"))
                .hasMessage("pipeline 'stranger' may not use the secret TEAM_TOKEN; the operator names"
                        + " who may, in the line TEAM_TOKEN.pipelines=... of the secrets"
                        + " file");
        assertThatThrownBy(() -> secrets.value(new SecretRef("OTHER"), "bot"))
                .hasMessageContaining("pipeline 'bot' may not use the secret OTHER");
        var unlisted = new Secrets(Map.of("SEPTET_SECRET_TEAM_TOKEN", "v"));
        assertThatThrownBy(() -> unlisted.value(TOKEN, "bot"))
                .hasMessageEndingWith("in the environment variable SEPTET_SECRET_TEAM_TOKEN_PIPELINES");
        assertThatThrownBy(() -> unlisted.value(new SecretRef("TEAM_TOKEN_PIPELINES"), "bot"))
                .hasMessageContaining("TEAM_TOKEN_PIPELINES is not a secret");
    }

    @Test
    void letsEveryPipelineOfTheCatalogueByAStar() {
        var secrets = new Secrets(Map.of("SEPTET_SECRET_TEAM_TOKEN", "v", "SEPTET_SECRET_TEAM_TOKEN_PIPELINES", "*"));
        assertThat(secrets.value(TOKEN, "any-name").value()).isEqualTo("v");
        assertThatThrownBy(() -> secrets.value(TOKEN, "inline.0123456789ab.any-name"))
                .hasMessageContaining("may not use the secret");
    }

    @Test
    void refusesAFileThatOthersMayRead() throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> new Secrets(Map.of(Setting.SECRETS.variable(), file.toString())).value(TOKEN, "bot"))
                .hasMessageContaining("other users may read the secrets file")
                .hasMessageNotContaining("from-file");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThatThrownBy(() -> new Secrets(Map.of(Setting.SECRETS.variable(), "/no/such/file")).value(TOKEN, "bot"))
                .hasMessage("the secrets file '/no/such/file' that SEPTET_SECRETS names cannot be" + " read");
    }
}
