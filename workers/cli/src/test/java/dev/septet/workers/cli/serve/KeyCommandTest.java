package dev.septet.workers.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.DocPage;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.serve.http.KeyRing;
import dev.septet.workers.serve.keys.ApiKey;
import dev.septet.workers.serve.keys.KeyLine;
import dev.septet.workers.serve.keys.KeyScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code septet key create}, and key files that {@code septet serve} refuses. */
class KeyCommandTest {
    @TempDir
    private Path home = Path.of("");

    @Test
    void aNewKeyIsShownOnceAndItsHashIsKept() throws IOException {
        Captured septet = new Captured(home);
        Path file = home.resolve("keys");
        assertThat(septet.run("key", "create", "shop", "--key-file", file)).isEqualTo(ExitCode.OK);
        String first = septet.out().strip();
        assertThat(septet.run(
                        "key",
                        "create",
                        "tests",
                        "--key-file",
                        file,
                        "--scope",
                        "chat,feedback",
                        "--model",
                        "bot",
                        "--expires",
                        "2030-12-31"))
                .isEqualTo(ExitCode.OK);
        String second = septet.out().strip();

        assertThat(septet.err()).contains("It is shown here once.");
        assertThat(Files.readString(file)).doesNotContain(first).doesNotContain(second);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        List<ApiKey> keys = KeyLine.read(Files.readString(file));
        assertThat(keys).extracting(ApiKey::name).containsExactly("shop", "tests");
        assertThat(keys.get(1).matches(ApiKey.hash(second))).isTrue();
        assertThat(keys.get(1).scopes()).containsExactlyInAnyOrder(KeyScope.CHAT, KeyScope.FEEDBACK);
        assertThat(KeyRing.file(file).keys().several()).isTrue();
    }

    @Test
    void theCommandOfThePageMakesAKeyThatAServerReads() throws IOException {
        String line = DocPage.of("serving.md").blocks("bash").stream()
                .flatMap(String::lines)
                .filter(words -> words.startsWith("./septet key create"))
                .findFirst()
                .orElseThrow();
        Path file = home.resolve("keys.txt");
        Object[] words = line.replace("./septet ", "")
                .replace("'", "")
                .replace("keys.txt", file.toString())
                .split(" ");

        assertThat(new Captured(home).run(words)).isEqualTo(ExitCode.OK);
        ApiKey key = KeyLine.read(Files.readString(file)).get(0);
        assertThat(key.name()).isEqualTo("shop");
        assertThat(key.mayUse("quickstart:base")).isTrue();
        assertThat(key.mayUse("other")).isFalse();
    }

    @Test
    void whatIsWrongIsExplainedAndAddsNothing() throws IOException {
        Captured septet = new Captured(home);
        Path file = home.resolve("keys");
        septet.run("key", "create", "shop", "--key-file", file);
        String before = Files.readString(file);

        assertThat(septet.run("key", "create", "shop", "--key-file", file)).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("line 2 names the key 'shop' a second time");
        assertThat(septet.run("key", "create", "x", "--scope", "root", "--key-file", file))
                .isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("has the scope 'root'; known are chat, feedback, models");
        assertThat(septet.run("key", "create", "a b", "--key-file", file)).isEqualTo(ExitCode.USAGE);
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test
    void aServerRefusesAKeyFileThatOthersCanRead() throws IOException {
        Captured septet = new Captured(home);
        Path file = Files.writeString(home.resolve("keys"), "a-key-that-is-long-enough\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(septet.run("serve", "--key-file", file, "--port", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err())
                .contains("others than its owner can read or write the key file")
                .contains("chmod 600 " + file)
                .doesNotContain("a-key-that");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(file, "short\n");
        assertThat(septet.run("serve", "--key-file", file, "--port", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("line 1 is not a key: expected at least 16 characters");
    }
}
