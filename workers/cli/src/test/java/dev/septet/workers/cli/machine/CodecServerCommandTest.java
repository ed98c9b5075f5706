package dev.septet.workers.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people are told who set encryption wrongly. */
class CodecServerCommandTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void withoutKeysItSaysHowToMakeThem() {
        Captured septet = new Captured(folder);

        assertThat(septet.run("codec-server", "--port", "0")).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err())
                .isEqualTo("septet: SEPTET_CODEC_KEYS is not set. Set it to a file with the lines `current: NAME` and"
                        + " `NAME: KEY`; `openssl rand -base64 32` makes a key.\n");
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws IOException {
        Path keys = folder.resolve("septet.keys");
        Files.writeString(keys, "current: a\na: x\n");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-r--r--"));
        Captured septet = new Captured(folder).with("SEPTET_CODEC_KEYS", keys.toString());

        assertThat(septet.run("codec-server")).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err())
                .isEqualTo("septet: SEPTET_CODEC_KEYS: others may use the file %s (rw-r--r--). Run: chmod 600 %s\n"
                        .formatted(keys, keys));
    }

    @Test
    void onlyAnOriginCanBeAWebUis() {
        Captured septet = new Captured(folder);

        assertThat(septet.run("codec-server", "--ui", "*")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).isEqualTo("septet: --ui is an origin such as http://127.0.0.1:8233, not '*'\n");
    }

    @Test
    void theSettingsAreListed() {
        Captured septet = new Captured(folder)
                .with("SEPTET_CODEC_KEYS", "/keys/septet.keys")
                .with("SEPTET_LOG_FORMAT", "json");

        assertThat(septet.run("env", "--json")).isZero();
        assertThat(septet.out())
                .contains("/keys/septet.keys", "SEPTET_CODEC_ENDPOINT", "SEPTET_CODEC_TOKEN_FILE", "SEPTET_LOG_FORMAT");
    }
}
