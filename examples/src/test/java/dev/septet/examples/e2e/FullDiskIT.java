package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.workflows.PipelineReport;
import io.temporal.client.WorkflowStub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk under the artifact store fills up in training. The store is a small file system of the
 * stack's own mount namespace, with a filler that goes when the test says so.
 */
@Tag("nightly")
class FullDiskIT {
    @Test
    void waitsForSpaceAndGoesOn(@TempDir Path root) throws Exception {
        String file = Pipelines.small(60).replace("attempts: 30", "attempts: 2");
        Workspace workspace = Workspace.in(root, "full", 120, file);
        Path state = Files.createDirectories(root.resolve("state"));
        Path release = root.resolve("release");
        try (DevStack stack = DevStack.mounted(state, onSmallDisk(state, release), workspace.folder())) {
            WorkflowStub run = stack.begin("full");
            await("a failure that names the disk")
                    .atMost(Duration.ofMinutes(2))
                    .ignoreExceptions()
                    .until(() -> stack.failures("full"), text -> text.contains("DiskFull"));
            assertThat(stack.failures("full")).doesNotContain("\tat ");
            await("more attempts than the file allows to fail, and what they wait for")
                    .atMost(Duration.ofMinutes(2))
                    .ignoreExceptions()
                    .untilAsserted(() -> {
                        assertThat(stack.attemptOfStage("full")).isGreaterThan(3);
                        assertThat(stack.status("full").waiting())
                                .isNotNull()
                                .satisfies(waiting -> assertThat(waiting.reason())
                                        .containsPattern("the disk is full|free some space"));
                    });

            Files.createFile(release);
            PipelineReport report = stack.result(run, Duration.ofMinutes(4));
            assertThat(report.deployment()).isNotNull();
        }
    }

    /** Mounts a small file system, fills all but 8 MB of it, and frees it when the file appears. */
    private static String onSmallDisk(Path state, Path release) {
        return """
        set -e
        mkdir -p %1$s/store
        mount -t tmpfs -o size=400m septet %1$s/store
        head -c 392M /dev/zero > %1$s/store/filler
        ( while [ ! -e %2$s ]; do sleep 0.2; done; rm %1$s/store/filler ) &
        exec "$@"
        """.formatted(state, release);
    }
}
