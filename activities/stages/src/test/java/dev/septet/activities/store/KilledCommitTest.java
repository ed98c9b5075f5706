package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process killed anywhere in a checkpoint's commit leaves the old one or the new one whole. */
@Tag("long")
class KilledCommitTest {
    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"", "one"})
    void leavesAWholeCheckpointWhereverItIsKilled(String key) throws Exception {
        boolean sawOld = false;
        boolean sawNew = false;
        for (int action = 1; ; action++) {
            Path root = temp.resolve("killed-at-" + action);
            LocalStore store = KilledCommit.store(root, new Disk(), key);
            store.checkpoints()
                    .commit(
                            KilledCommit.RUN,
                            1,
                            folder -> Files.writeString(folder.resolve("state"), "state 1"),
                            new Fence(KilledCommit.RUN, 1));

            int exit = run(root, action, 1, key);

            CheckpointStore.Checkpoint found = store.checkpoints()
                    .newestValid(KilledCommit.RUN)
                    .checkpoint()
                    .orElseThrow();
            assertThat(found.folder().resolve("state")).hasContent("state " + found.step());
            sawOld |= found.step() == 1;
            sawNew |= found.step() == 2;
            recover(root, key);
            if (exit == 0) {
                break;
            }
            assertThat(exit).isEqualTo(KilledCommit.KILLED);
            assertThat(action).as("the process ends at last").isLessThan(50);
        }
        assertThat(sawOld).isTrue();
        assertThat(sawNew).isTrue();
    }

    private static void recover(Path root, String key) throws IOException {
        LocalStore store = KilledCommit.store(root, new Disk(), key);
        Fence next = new Fence(KilledCommit.RUN, 2);
        store.open(next);
        CheckpointStore.Checkpoint committed = store.checkpoints()
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
        assertThat(files(root.resolve("scratch")))
                .as("nothing of a dead process; with keys, plain copies of this one")
                .allMatch(file -> !key.isEmpty() && file.toString().contains("/.plain/"));
        assertThat(files(root.resolve("checkpoints"))).hasSize(3);
    }

    private static int run(Path root, int action, int attempt, String key) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledCommit.class.getName(),
                        root.toString(),
                        Integer.toString(action),
                        Integer.toString(attempt),
                        key)
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
