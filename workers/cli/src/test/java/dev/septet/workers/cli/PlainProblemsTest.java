package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.DiskFullException;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Failures that may happen in every command: what failed, where, and the next step. */
class PlainProblemsTest {
    @TempDir
    private Path folder = Path.of("");

    private static Stream<Arguments> failures() {
        String user = System.getProperty("user.name");
        return Stream.of(
                arguments(
                        new AccessDeniedException("/srv/store/records"),
                        "the user %s may not read or write /srv/store/records. Run the command as the user that the file belongs to"
                                .formatted(user)),
                arguments(
                        DiskFullException.orSame(Path.of("/srv/store/x"), new IOException("No space left on device")),
                        "the disk is full: cannot write /srv/store/x. Free some space there, and run the command again"),
                arguments(
                        new FileSystemException("/srv/y", null, "No space left on device"),
                        "the disk is full: cannot write /srv/y. Free some space"),
                arguments(
                        new IOException("No space left on device"),
                        "the disk is full: cannot write the files of this command. Free some space"),
                arguments(
                        new CorruptArtifactException("/srv/store/records/x: changed; its sha256 is not 0dd"),
                        "/srv/store/records/x: changed; its sha256 is not 0dd. `septet verify --store` names everything"),
                arguments(
                        new FileSystemException("/srv/z", null, "Read-only file system"),
                        "cannot read or write /srv/z: Read-only file system. Check the disk and its mount"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void saysWhatFailedAndWhatToDo(IOException failure, String message) {
        for (Exception thrown :
                new Exception[] {failure, new UncheckedIOException(failure), new IllegalStateException("in", failure)
                }) {
            Captured septet = new Captured(folder);
            assertThat(code(septet, thrown)).isEqualTo(ExitCode.RUN_FAILED);
            assertThat(septet.err()).startsWith("septet: " + message).doesNotContain("unexpected error", "Exception");
        }
    }

    @Test
    void anUnknownFailureIsShownWithoutItsWrapper() {
        Captured septet = new Captured(folder);
        assertThat(code(septet, new UncheckedIOException(new IOException("the pipe is broken"))))
                .isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("the pipe is broken").doesNotContain("UncheckedIOException");
    }

    /** Nothing listens on port 1. */
    @Test
    void anObjectStoreThatIsAway() throws IOException {
        Captured septet = new Captured(folder)
                .with("SEPTET_STORE", "s3://bucket/store")
                .with("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
                .with("AWS_ACCESS_KEY_ID", "me")
                .with("AWS_SECRET_ACCESS_KEY", "secret")
                .with("AWS_REGION", "us-east-1");
        Files.createDirectories(folder.resolve("state"));
        assertThat(septet.run("verify", "--store")).isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err())
                .contains("s3://bucket/store", "check the network, AWS_ENDPOINT_URL", "Then run the command again")
                .doesNotContain("unexpected error");
    }

    private static int code(Captured septet, Exception thrown) {
        CommandLine line = Septet.commandLine(septet.session());
        return new PlainProblems(septet.session()).handleExecutionException(thrown, line, line.parseArgs("words"));
    }
}
