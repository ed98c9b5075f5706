package dev.septet.workers.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The last resort really serves. */
class InMemoryServerTest {
    @Test
    void answersFromAProcessOfItsOwn() throws Exception {
        ServerPlan plan = ServerPlan.inMemory(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path")),
                new ServerPorts(0, null));
        assertThat(plan.server().kind()).isEqualTo(ServerRef.Kind.IN_MEMORY);
        assertThat(plan.server().ui()).isNull();
        Process process = new ProcessBuilder(plan.command()).inheritIO().start();
        try {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> ServerProbe.answers(plan.server().address(), Duration.ofSeconds(2)));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
