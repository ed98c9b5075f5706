package dev.septet.llm.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.septet.llm.format.FormatProblem;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a child process may do, and what is remembered of it. */
class SandboxTest {
    private static final SandboxLimits LIMITS =
            new SandboxLimits(64L << 20, 1200L << 20, 1, 1, 3L << 30, Duration.ofSeconds(2), Duration.ofSeconds(60));

    @TempDir
    Path root;

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
        assertThatThrownBy(() -> admit("spin")).hasMessageContaining("was not done after 2 s of processor time");
        assertThatThrownBy(() -> admit("crash")).hasMessageContaining("signal 6 (aborted)");
    }

    @Test
    void aVerdictIsPrivateAndKept() throws IOException {
        assertThatThrownBy(() -> admit("crash")).isInstanceOf(FormatProblem.class);
        Path verdicts = root.resolve("verdicts");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(verdicts)))
                .isEqualTo("rwx------");
        Path verdict = verdicts.resolve("Misbehaviour-" + SandboxProbe.VERSION + "-crash");
        assertThat(verdict).content().startsWith("deadly\nended by signal 6");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(verdict)))
                .isEqualTo("rw-------");
        Files.writeString(verdict, "safe");
        assertThatCode(() -> admit("crash")).as("the verdict is read").doesNotThrowAnyException();
        Files.writeString(verdict, "nonsense");
        assertThatThrownBy(() -> admit("crash")).as("asked again").isInstanceOf(FormatProblem.class);
    }

    @Test
    void aChildSeesNoSecrets() {
        assertThatCode(() -> admit("look")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "listen", "run"})
    void aChildThatAsksForSocketsOrProgramsIsEnded(String misbehaviour) {
        assertThat(ProcessRestrictions.here().systemCalls() || !linux())
                .as("every Linux that these tests run on has seccomp")
                .isTrue();
        assumeTrue(linux());
        assertThatThrownBy(() -> admit(misbehaviour))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("ended by signal 31 (a forbidden system call)");
    }

    @Test
    void aChildReadsAndWritesNothingElse() throws IOException {
        assumeTrue(ProcessRestrictions.here().files(), "this kernel has no Landlock");
        Path secret = Files.writeString(root.resolve("secret"), "x");
        for (String misbehaviour : List.of("read", "list", "write")) {
            Path path = misbehaviour.equals("list") ? root : secret;
            assertThatCode(() -> admit(misbehaviour, path.toString()))
                    .as(misbehaviour)
                    .doesNotThrowAnyException();
        }
        assertThatCode(() -> admit("read", "/etc/hostname")).doesNotThrowAnyException();
        assertThat(secret).hasContent("x");
        // The same attempts end the process with an error where nothing stops them.
        assertThatThrownBy(() -> admit("read", "/proc/meminfo")).hasMessageContaining("ended with status 44");
    }

    @Test
    void aProcessThatCannotStartSaysSoAndWhatToDo() {
        SandboxLimits tiny =
                new SandboxLimits(64L << 20, 1, 0, 0, 66L << 20, Duration.ofSeconds(2), Duration.ofSeconds(60));
        assertThatThrownBy(() -> Sandbox.of(root.resolve("verdicts"), tiny)
                        .admit(Misbehaviour.class, "nothing", root.resolve("model.bin"), 0, List.of("nothing")))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("the sandboxed process that must read it cannot be started")
                .hasMessageContaining("SEPTET_SANDBOX=off");
        assertThat(root.resolve("verdicts")).isEmptyDirectory();
    }

    /** A package manager removes the old Java and the old jars under a worker that goes on. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "classes"})
    void anUpgradeUnderTheProcessIsNamedAndIsNoFaultOfTheFile(String removed) throws IOException {
        Path java = Files.createSymbolicLink(root.resolve("java"), Path.of(System.getProperty("java.home")));
        Path classes = Files.createSymbolicLink(root.resolve("classes"), testClasses());
        String path = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath())
                .map(entry -> entry.equals(testClasses()) ? classes : entry)
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        InstalledProgram program = new InstalledProgram(java, path + File.pathSeparator + root.resolve("never.jar"));
        Sandbox sandbox = Sandbox.of(root.resolve("verdicts"), LIMITS, program);
        assertThatCode(() -> admit(sandbox, "nothing")).doesNotThrowAnyException();

        Path gone = root.resolve(removed);
        Files.delete(gone);

        assertThatThrownBy(() -> admit(sandbox, "refuse"))
                .isInstanceOf(ReplacedProgramException.class)
                .hasMessageContaining("was replaced or removed after the process started: " + gone)
                .hasMessageContaining("Restart the process")
                .hasMessageNotContaining("SEPTET_SANDBOX");
        assertThat(root.resolve("verdicts").resolve("Misbehaviour-" + SandboxProbe.VERSION + "-refuse"))
                .as("no verdict about the file")
                .doesNotExist();
    }

    /** The folder of this class in the class path. */
    private static Path testClasses() {
        try {
            return Path.of(Misbehaviour.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void admit(Sandbox sandbox, String misbehaviour) {
        sandbox.admit(Misbehaviour.class, misbehaviour, Path.of("model.bin"), 0, List.of(misbehaviour));
    }

    private void admit(String... misbehaviour) {
        Sandbox.of(root.resolve("verdicts"), LIMITS)
                .admit(
                        Misbehaviour.class,
                        String.join("-", misbehaviour).replace('/', '_'),
                        root.resolve("model.bin"),
                        0,
                        List.of(misbehaviour));
    }

    private static boolean linux() {
        return System.getProperty("os.name", "").equals("Linux");
    }
}
