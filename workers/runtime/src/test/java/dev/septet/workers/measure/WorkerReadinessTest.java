package dev.septet.workers.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.store.LocalStore;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.RealServer;
import dev.septet.workers.observe.ReadinessChecks;
import io.temporal.activity.ActivityInterface;
import io.temporal.worker.WorkerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker is ready when it can work: shown with a real server that is killed, and a store that is away. */
@Tag("long")
class WorkerReadinessTest {
    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    /** Any activity: a worker without one polls for none. */
    @ActivityInterface
    public interface Work {
        void work();
    }

    @Test
    void saysWhichPartIsNotReady() throws IOException {
        Path root = folder.resolve("store");
        AtomicBoolean draining = new AtomicBoolean();
        RealServer server = RealServer.start(folder);
        Connection connection = Connection.open(server.connection().server());
        WorkerFactory factory = WorkerFactory.newInstance(connection.client());
        try (connection) {
            factory.newWorker("orders").registerActivitiesImplementations((Work) () -> {});
            ReadinessChecks checks = new WorkerReadiness(
                            connection.client(), factory, List.of("orders"), new LocalStore(root), draining::get)
                    .checks(Duration.ZERO);

            awaitPart(checks, "pollers", "the worker does not poll yet");
            factory.start();
            await().atMost(SOON).until(() -> checks.parts().stream().allMatch(ReadinessChecks.Part::ready));
            assertThat(checks.parts())
                    .extracting(ReadinessChecks.Part::name)
                    .containsExactly("temporal", "pollers", "store", "program");

            draining.set(true);
            awaitPart(checks, "pollers", "the process is ending and takes no new work");
            draining.set(false);
            await().atMost(SOON).until(() -> checks.parts().stream().allMatch(ReadinessChecks.Part::ready));

            // In the place of the store's folder is now a file, as in that of a mount that is gone.
            Files.move(root, folder.resolve("away"));
            Files.createFile(root);
            awaitPart(checks, "store", "store");
            Files.delete(root);
            Files.move(folder.resolve("away"), root);
            await().atMost(SOON).until(() -> checks.parts().get(2).ready());

            server.close();
            awaitPart(checks, "temporal", "the Temporal server does not answer");
        } finally {
            factory.shutdownNow();
            factory.awaitTermination(5, TimeUnit.SECONDS);
            server.close();
        }
    }

    private static void awaitPart(ReadinessChecks checks, String part, String problem) {
        await(part)
                .atMost(SOON)
                .untilAsserted(() -> assertThat(checks.parts())
                        .filteredOn(one -> one.name().equals(part))
                        .singleElement()
                        .satisfies(one -> assertThat(one.problem()).contains(problem)));
    }
}
