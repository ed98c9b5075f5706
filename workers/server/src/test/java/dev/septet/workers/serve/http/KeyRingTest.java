package dev.septet.workers.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRingTest {
    private static final String FIRST = "the-first-key-0123456789";
    private static final String SECOND = "the-second-key-0123456789";

    @TempDir
    private Path folder = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("keys"), FIRST + "\n");
        mode("rw-------");
    }

    private void mode(String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void aFileThatOthersCanReadIsRefused() throws IOException {
        for (String mode : new String[] {"rw-r--r--", "rw-r-----", "rw--w----"}) {
            mode(mode);
            assertThatThrownBy(() -> KeyRing.file(file))
                    .hasMessageContaining("chmod 600 " + file)
                    .hasMessageNotContaining(FIRST);
        }
    }

    @Test
    void aFileThatIsNoTextIsRefusedInWords() throws IOException {
        Files.write(file, new byte[] {'a', (byte) 0xff, '\n'});
        assertThatThrownBy(() -> KeyRing.file(file)).hasMessage("is not a key file: expected lines of text in UTF-8");
    }

    @Test
    void aChangedFileIsReadAgainAndAWrongOneIsNot() throws IOException {
        KeyRing ring = KeyRing.file(file);
        assertThat(ring.keys().find(FIRST)).isNotNull();
        Files.writeString(file, SECOND + "\n" + "a-third-key-0123456789");
        ring.refresh();
        assertThat(ring.keys().find(FIRST)).as("taken away").isNull();
        assertThat(ring.keys().find(SECOND)).isNotNull();

        Files.writeString(file, "short\n");
        ring.refresh();
        assertThat(ring.keys().find(SECOND)).as("a typing error ends nobody").isNotNull();
        Files.writeString(file, FIRST + "\n# and no other\n");
        ring.refresh();
        assertThat(ring.keys().find(SECOND)).isNull();
        Files.delete(file);
        ring.refresh();
        assertThat(ring.keys().find(FIRST)).isNotNull();
    }
}
