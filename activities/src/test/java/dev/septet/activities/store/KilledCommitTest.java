package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A process killed anywhere in a checkpoint's commit leaves the old one or the new one whole. */
class KilledCommitTest {
    @TempDir Path temp;

    @Test
    void leavesAWholeCheckpointWhereverItIsKilled() throws Exception {
        boolean sawOld = false;
        boolean sawNew = false;
        for (int action = 1; ; action++) {
            Path root = temp.resolve("killed-at-" + action);
            LocalStore store = new LocalStore(root);
            store.checkpoints()
                    .commit(
                            KilledCommit.RUN,
                            1,
                            folder -> Files.writeString(folder.resolve("state"), "state 1"),
                            new Fence(KilledCommit.RUN, 1));

            int exit = run(root, action, 1);

            CheckpointStore.Checkpoint found =
                    store.checkpoints().newestValid(KilledCommit.RUN).checkpoint().orElseThrow();
            assertThat(found.folder().resolve("state")).hasContent("state " + found.step());
            sawOld |= found.step() == 1;
            sawNew |= found.step() == 2;
            recover(root);
            if (exit == 0) {
                break;
            }
            assertThat(exit).isEqualTo(KilledCommit.KILLED);
            assertThat(action).as("the process ends at last").isLessThan(50);
        }
        assertThat(sawOld).isTrue();
        assertThat(sawNew).isTrue();
    }

    private static void recover(Path root) throws IOException {
        LocalStore store = new LocalStore(root);
        Fence next = new Fence(KilledCommit.RUN, 2);
        store.open(next);
        CheckpointStore.Checkpoint committed =
                store.checkpoints()
                        .commit(
                                KilledCommit.RUN,
                                2,
                                folder -> {
                                    Files.writeString(folder.resolve("parameters"), "parameters 2");
                                    Files.writeString(folder.resolve("state"), "state 2");
                                },
                                next);
        store.checkpoints().prune(KilledCommit.RUN, 1, java.util.Set.of(), next);
        assertThat(committed.folder().resolve("parameters")).hasContent("parameters 2");
        assertThat(files(root.resolve("scratch"))).isEmpty();
        assertThat(files(root.resolve("checkpoints"))).hasSize(3);
    }

    private static int run(Path root, int action, int attempt) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledCommit.class.getName(),
                        root.toString(),
                        Integer.toString(action),
                        Integer.toString(attempt))
                .inheritIO()
                .start()
                .waitFor();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith(".alive"))
                    .toList();
        }
    }
}
