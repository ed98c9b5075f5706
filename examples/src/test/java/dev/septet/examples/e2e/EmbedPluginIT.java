package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worker of {@code examples/embed-plugin}, started as its page says, on a real server. */
@Tag("long")
class EmbedPluginIT {
    private static final Path EXAMPLE = Workspace.CHECKOUT.resolve("examples/embed-plugin");
    private static final String LOG = "worker.txt";

    @TempDir
    Path folder;

    @Test
    void someonesWorkerRunsItsOwnWorkflowAndOurs() throws Exception {
        Path examples = examples();
        try (OwnServer server = OwnServer.start(folder)) {
            Map<String, String> environment =
                    Map.of("TEMPORAL_ADDRESS", server.server().address());
            Process worker = start(environment, worker(examples));
            try {
                Shell.Said said = Shell.run(
                        folder,
                        environment,
                        List.of(
                                TemporalCli.path().toString(),
                                "workflow",
                                "execute",
                                "--type",
                                "CloseOfDay",
                                "--task-queue",
                                "orders",
                                "--input",
                                "\"Monday\""),
                        240);
                assertThat(said.out())
                        .as(said.err())
                        .containsPattern("Monday is closed; model [0-9a-f]{64}")
                        .contains("COMPLETED");
                assertThat(examples.resolve("embed-plugin/models/order-desk/current"))
                        .isDirectory();
            } catch (AssertionError failed) {
                throw new AssertionError("the worker said: " + Files.readString(folder.resolve(LOG)), failed);
            } finally {
                worker.destroy();
                worker.onExit().join();
            }
        }
    }

    @Test
    void isThirtyLines() throws IOException {
        List<String> body = Files.readAllLines(EXAMPLE.resolve("OrderDesk.java")).stream()
                .filter(line -> !line.isBlank() && !line.matches("import .*|\\s*/\\*\\*.*"))
                .toList();
        assertThat(body.size()).isLessThanOrEqualTo(30);
    }

    /** The example's pipeline and what it shares, where a run may write. */
    private Path examples() throws IOException {
        Path examples = folder.resolve("examples");
        Workspace.example(Workspace.CHECKOUT.resolve("examples/quickstart"), examples.resolve("quickstart"));
        Workspace.example(EXAMPLE, examples.resolve("embed-plugin"));
        return examples;
    }

    private List<String> worker(Path examples) {
        Path target = Workspace.CHECKOUT.resolve("workers/runtime/target");
        try (Stream<Path> jars = Files.list(target)) {
            String own = jars.map(Path::toString)
                    .filter(name -> name.matches(".*/septet-workers-[^/]*-SNAPSHOT\\.jar"))
                    .collect(Collectors.joining(":"));
            return List.of(
                    "java",
                    "-cp",
                    own + ":" + Files.readString(target.resolve("host.classpath")),
                    EXAMPLE.resolve("OrderDesk.java").toString(),
                    folder.resolve("state").toString(),
                    examples.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process start(Map<String, String> environment, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(LOG).toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }
}
