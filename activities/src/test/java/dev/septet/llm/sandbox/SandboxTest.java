package dev.septet.llm.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.format.FormatProblem;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a child process may do, and what is remembered of it. */
class SandboxTest {
    private static final SandboxLimits LIMITS =
            new SandboxLimits(
                    64L << 20,
                    1200L << 20,
                    1,
                    1,
                    3L << 30,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(60));

    @TempDir Path root;

    @Test
    void whatAProcessOutlivesIsLetIn() {
        assertThatCode(() -> admit("nothing")).doesNotThrowAnyException();
        // It will be refused here as well, in the same words.
        assertThatCode(() -> admit("refuse")).doesNotThrowAnyException();
    }

    @Test
    void whatEndsAProcessIsNamedWithHowItEnded() {
        assertThatThrownBy(() -> admit("hoard"))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("model.bin: is not opened here")
                .hasMessageContaining("ran out of its 64 MB of memory");
        assertThatThrownBy(() -> admit("recurse")).hasMessageContaining("ran out of its stack");
        assertThatThrownBy(() -> admit("spin"))
                .hasMessageContaining("was not done after 2 s of processor time");
        assertThatThrownBy(() -> admit("crash")).hasMessageContaining("signal 6 (aborted)");
    }

    @Test
    void aVerdictIsPrivateAndKept() throws IOException {
        assertThatThrownBy(() -> admit("crash")).isInstanceOf(FormatProblem.class);
        Path verdicts = root.resolve("verdicts");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(verdicts)))
                .isEqualTo("rwx------");
        Path verdict = verdicts.resolve("Misbehaviour-" + Probe.VERSION + "-crash");
        assertThat(verdict).content().startsWith("deadly\nended by signal 6");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(verdict)))
                .isEqualTo("rw-------");
        Files.writeString(verdict, "safe");
        assertThatCode(() -> admit("crash")).as("the verdict is read").doesNotThrowAnyException();
        Files.writeString(verdict, "nonsense");
        assertThatThrownBy(() -> admit("crash"))
                .as("asked again")
                .isInstanceOf(FormatProblem.class);
    }

    @Test
    void aChildSeesNoSecretsAndNoNetwork() throws IOException {
        Path seen = root.resolve("seen");
        Sandbox.of(root.resolve("verdicts"), LIMITS)
                .admit(
                        Misbehaviour.class,
                        "look",
                        root.resolve("model.bin"),
                        0,
                        List.of("look", seen.toString()));
        Set<String> lines = new TreeSet<>(Files.readAllLines(seen));
        assertThat(lines.stream().filter(line -> line.startsWith("variable ")))
                .allMatch(
                        line ->
                                Set.of(
                                                "PATH",
                                                "MALLOC_ARENA_MAX",
                                                "PWD",
                                                "SHLVL",
                                                "_",
                                                "LD_LIBRARY_PATH")
                                        .contains(line.substring("variable ".length())));
        if (mayUnshare()) {
            assertThat(
                            lines.stream()
                                    .filter(line -> line.startsWith("address "))
                                    .collect(Collectors.toSet()))
                    .isEmpty();
        }
    }

    @Test
    void aProcessThatCannotStartSaysSoAndWhatToDo() {
        SandboxLimits tiny =
                new SandboxLimits(
                        64L << 20,
                        1,
                        0,
                        0,
                        66L << 20,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(60));
        assertThatThrownBy(
                        () ->
                                Sandbox.of(root.resolve("verdicts"), tiny)
                                        .admit(
                                                Misbehaviour.class,
                                                "nothing",
                                                root.resolve("model.bin"),
                                                0,
                                                List.of("nothing")))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("no process can be started that opens it first")
                .hasMessageContaining("SEPTET_SANDBOX=off");
        assertThat(root.resolve("verdicts")).isEmptyDirectory();
    }

    private void admit(String misbehaviour) {
        Sandbox.of(root.resolve("verdicts"), LIMITS)
                .admit(
                        Misbehaviour.class,
                        misbehaviour,
                        root.resolve("model.bin"),
                        0,
                        List.of(misbehaviour));
    }

    private static boolean mayUnshare() throws IOException {
        try {
            return new ProcessBuilder("unshare", "-rn", "true").start().waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (IOException none) {
            return false;
        }
    }
}
