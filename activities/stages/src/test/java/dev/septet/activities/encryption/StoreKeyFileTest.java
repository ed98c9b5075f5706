package dev.septet.activities.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreKeyFileTest {
    static final String ONE = Base64.getEncoder().encodeToString(new byte[32]);
    private static final String SHORT = Base64.getEncoder().encodeToString(new byte[16]);

    @TempDir
    private Path folder;

    @Test
    void readsNamesKeysAndTheCurrentOne() throws IOException {
        StoreKeyFile keys = read("# ours\n\ncurrent: b\na: " + ONE + "\n b : " + ONE + "\n", "rw-------");

        assertThat(keys.current()).isEqualTo("b");
        assertThat(keys.key("a").orElseThrow().getEncoded()).hasSize(32);
        assertThat(keys.key("c")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"rw-r-----", "rw----r--", "rw--w----", "rwxrwxrwx"})
    void refusesAFileThatOthersMayUse(String mode) {
        assertThatThrownBy(() -> read("current: a\na: " + ONE, mode))
                .isInstanceOf(KeyProblem.class)
                .hasMessageContainingAll("others may use the file", mode, "chmod 600 ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: SHORT | keys.txt:1: the key 'a' has 16 bytes; AES-256 needs 32. `openssl rand"
                        + " -base64 32` makes one.",
                "a: $$$ | keys.txt:1: the key 'a' is not base64",
                "a KEY | keys.txt:1: expected `name: base64 key` or `current: name`",
                "a: KEY;a: KEY | keys.txt:2: the key 'a' is set twice",
                "current: a;current: a | keys.txt:2: `current` is set twice",
                "a: KEY | keys.txt names no key to encrypt with. Add the line `current: NAME`" + " with one of: a",
                "current: b;a: KEY | keys.txt: `current` is 'b', but the keys are: a",
                "# none | keys.txt has no keys",
                "a b: KEY | keys.txt:1: a key's name has 1 to 64 letters",
            })
    void saysWhatIsWrongWhere(String lines, String message) {
        String text = lines.replace(';', '\n').replace("SHORT", SHORT).replace("KEY", ONE);

        assertThatThrownBy(() -> read(text, "rw-------"))
                .isInstanceOf(KeyProblem.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining(ONE)
                .hasMessageNotContaining(SHORT);
    }

    @Test
    void saysThatThereIsNoFile() {
        assertThatThrownBy(() -> StoreKeyFile.read("SEPTET_CODEC_KEYS", folder.resolve("none")))
                .hasMessageContainingAll("SEPTET_CODEC_KEYS: there is no file", "none");
    }

    private StoreKeyFile read(String text, String mode) throws IOException {
        return StoreKeyFile.read("SEPTET_CODEC_KEYS", file(folder, text, mode));
    }

    static Path file(Path folder, String text, String mode) throws IOException {
        Path file = folder.resolve("keys.txt");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return file;
    }
}
