package dev.septet.workers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
    @TempDir
    private Path home = Path.of("");

    @Test
    void ofACheckoutIsInIt() {
        assertThat(StateFolder.of(Map.of(), home).path()).isEqualTo(home.resolve(".septet"));
    }

    /** A new version is unpacked beside the old one, and must find its runs. */
    @Test
    void ofAnArchiveIsNotInIt() throws IOException {
        Files.createDirectories(home.resolve("lib"));
        Files.createFile(home.resolve("lib/septet.classpath"));

        assertThat(StateFolder.of(Map.of("HOME", "/home/ada"), home).path())
                .isEqualTo(Path.of("/home/ada/.local/state/septet"));
        assertThat(StateFolder.of(Map.of("HOME", "/home/ada", "XDG_STATE_HOME", "/var/ada"), home)
                        .path())
                .isEqualTo(Path.of("/var/ada/septet"));
        assertThat(StateFolder.of(Map.of("HOME", "/home/ada", "SEPTET_STATE", "/srv/state"), home)
                        .path())
                .isEqualTo(Path.of("/srv/state"));
    }
}
