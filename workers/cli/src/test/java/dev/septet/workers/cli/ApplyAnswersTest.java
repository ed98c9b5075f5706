package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.server.ServerFile;
import dev.septet.workers.server.ServerRef;
import io.temporal.testserver.TestServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code septet apply} cannot do, it says in a sentence, and does nothing. */
class ApplyAnswersTest {
    @TempDir
    private Path folder = Path.of("");

    private Captured septet = new Captured(folder);

    @BeforeEach
    void install() throws IOException {
        septet = new Captured(folder);
        Files.createDirectories(folder.resolve("data"));
        Files.createDirectories(folder.resolve("models/tiny"));
        Files.writeString(folder.resolve("data/hello.jsonl"), "{}\\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cron: '0 25 * * *' | cron: the hour takes 0 to 23, *, ranges and steps, got '25'",
                "cron: 'daily' | cron: has five fields",
                "cron: '@daily', timezone: 'Mars/Olympus' | 'Mars/Olympus' is not a time zone",
                "cron: '@daily', every: 1.days | schedule needs one of cron: and every:"
            })
    void aScheduleThatMakesNoSenseIsNamedWithItsPlace(String schedule, String reason) throws IOException {
        Path file = pipeline("a.groovy", "hello", schedule);

        assertThat(septet.run("apply", file)).isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(septet.err())
                .startsWith("septet: " + file + " has a problem; nothing was started")
                .contains("a.groovy:2:")
                .contains(reason);
    }

    @Test
    void allFilesAreReadBeforeAnythingIsSaidToTheServer() throws IOException {
        Path good = pipeline("good.groovy", "hello", "cron: '@daily'");
        Path bad = pipeline("bad.groovy", "other", "cron: '?'");

        assertThat(septet.run("apply", good, bad, folder.resolve("none.groovy")))
                .isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(septet.err()).contains("bad.groovy:2:").contains("none.groovy does not exist");
    }

    @Test
    void twoFilesOfOneName() throws IOException {
        Path one = pipeline("one.groovy", "hello", "cron: '@daily'");
        Path two = pipeline("two.groovy", "hello", "cron: '@daily'");

        assertThat(septet.run("apply", one, two)).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err())
                .isEqualTo("septet: pipeline 'hello' is in both %s and %s; name one of them%n".formatted(one, two));
    }

    @Test
    void noFileAtAllAndNoServer() throws IOException {
        assertThat(septet.run("apply")).isEqualTo(ExitCode.USAGE);
        Path file = pipeline("a.groovy", "hello", "cron: '@daily'");

        assertThat(septet.run("apply", file)).isEqualTo(ExitCode.SERVER_UNREACHABLE);
        assertThat(septet.err()).contains("no Temporal server is configured and none runs");
        septet.with("TEMPORAL_ADDRESS", "127.0.0.1:1");
        assertThat(septet.run("apply", file)).isEqualTo(ExitCode.SERVER_UNREACHABLE);
        assertThat(septet.err()).contains("127.0.0.1:1 does not answer");
    }

    @Test
    void aServerWithoutSchedules() throws IOException {
        int port = freePort();
        try (var memory = TestServer.createPortBoundServer(port, true)) {
            assertThat(memory).isNotNull();
            Path file = pipeline("a.groovy", "hello", "cron: '@daily'");
            Files.createDirectories(septet.session().state().path());
            new ServerFile(septet.session().state().server())
                    .write(new ServerRef("127.0.0.1:" + port, ServerRef.NAMESPACE, ServerRef.Kind.IN_MEMORY, null));

            assertThat(septet.run("apply", file)).isEqualTo(ExitCode.RUN_FAILED);
            assertThat(septet.err())
                    .contains("has no schedules: it is the Java SDK's in-memory server.")
                    .contains("Install the Temporal CLI");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Path pipeline(String file, String name, String schedule) throws IOException {
        return Files.writeString(folder.resolve(file), """
            pipeline('%s') {
                schedule %s
                prepare { dataset 'data/hello.jsonl' }
                initialize { model 'models/tiny' }
                train { method lora() }
            }
            """.formatted(name, schedule));
    }
}
