package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.workflows.StageStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./septet dev}, started in the checkout without arguments, serves the examples. */
@Tag("long")
class CheckoutCatalogueIT {
    @Test
    void theOfficialCommandLineStartsTheQuickstart(@TempDir Path root) throws Exception {
        Path temporal = TemporalCli.path();
        try (DevStack stack = DevStack.start(root.resolve("state"))) {
            List<String> command = new ArrayList<>(List.of(temporal.toString()));
            command.addAll(List.of("workflow", "start", "--type", "Pipeline", "--task-queue", "septet"));
            command.addAll(List.of("--input", "{\"pipeline\":\"quickstart\"}"));
            command.addAll(List.of("--workflow-id", "by-hand"));
            command.addAll(List.of("--address", stack.server().address()));
            Shell.Said started = Shell.run(root, stack.environment(), command, 180);
            assertThat(started.status()).as(started.all()).isZero();

            await("its first stage")
                    .atMost(Duration.ofMinutes(2))
                    .ignoreExceptions()
                    .until(
                            () -> stack.status("by-hand").stages().get(0).state(),
                            state -> state == StageStatus.State.DONE);
            stack.client().newUntypedWorkflowStub("by-hand").cancel();
        }
    }
}
