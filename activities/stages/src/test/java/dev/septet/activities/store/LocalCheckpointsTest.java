package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LocalCheckpointsTest extends LocalCheckpointsContractTest {
    @Override
    protected ArtifactStore elsewhere() {
        return new LocalStore(temp);
    }

    /** A training removes old checkpoints while a collection and a verification look at them. */
    @Test
    void looksAtCheckpointsWhileTheyAreRemoved() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<?> training = pool.submit(() -> {
                try {
                    CheckpointStore own = elsewhere().checkpoints();
                    for (int step = 1; step <= 150; step++) {
                        var unused =
                                own.commit(RUN, step, folder -> Files.writeString(folder.resolve("a"), "a"), FENCE);
                        own.prune(RUN, step % 10 == 0 ? 0 : 1, Set.of(), FENCE);
                    }
                    return null;
                } finally {
                    ended.set(true);
                }
            });
            while (!ended.get()) {
                for (Storage.Used scope : store.contents().checkpoints()) {
                    assertThat(store.contents().verifyCheckpoints(scope.name()).damaged())
                            .isEmpty();
                }
            }
            training.get();
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void noticesAMissingManifest() throws IOException {
        CheckpointStore checkpoints = elsewhere().checkpoints();
        checkpoints.commit(RUN, 5, folder -> Files.writeString(folder.resolve("a"), "a"), FENCE);
        Files.delete(bytes(5, Manifest.FILE));
        assertThat(checkpoints.newestValid(RUN).damaged())
                .singleElement()
                .asString()
                .isEqualTo(bytes(5, Manifest.FILE) + ": missing");
    }
}
