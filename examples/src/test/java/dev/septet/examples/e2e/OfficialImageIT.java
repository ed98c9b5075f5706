package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.server.ServerRef;
import dev.septet.workflows.PipelineReport;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

/**
 * The scenario of {@link CommandLineIT} on the official image, where Docker runs; the same runs on
 * the official binary everywhere.
 */
@Tag("long")
@Testcontainers(disabledWithoutDocker = true)
class OfficialImageIT {
    private static final int PORT = 7233;

    @Container
    private final GenericContainer<?> temporal = new GenericContainer<>("temporalio/temporal:1.9.1")
            .withCommand("server", "start-dev", "--ip", "0.0.0.0", "--headless")
            .withExposedPorts(PORT);

    @Test
    void runsAPipelineOnTheImagesServer(@TempDir Path root) throws Exception {
        Workspace.in(root, "tickets", 200, Pipelines.small(10));
        ServerRef server = new ServerRef(
                temporal.getHost() + ":" + temporal.getMappedPort(PORT),
                ServerRef.NAMESPACE,
                ServerRef.Kind.CONFIGURED,
                null);
        try (DevStack stack = DevStack.beside(server, root.resolve("state"), root)) {
            PipelineReport report = stack.result(stack.begin("tickets"), Trials.PATIENCE);
            assertThat(report.deployment()).isNotNull();
        }
    }
}
