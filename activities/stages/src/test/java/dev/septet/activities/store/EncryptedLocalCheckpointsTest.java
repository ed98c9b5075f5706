package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EncryptedLocalCheckpointsTest extends LocalCheckpointsContractTest {
    @Override
    protected ArtifactStore elsewhere() throws IOException {
        Path own = Files.createTempDirectory(temp, "process");
        return new LocalStore(temp, new Disk(), StoreKeys.of(temp, own, "one"));
    }

    /** What is handed out is plain; it goes with the checkpoint. */
    @Test
    void handsOutPlainFilesForAsLongAsTheCheckpointStays() throws IOException {
        CheckpointStore checkpoints = elsewhere().checkpoints();
        CheckpointStore.Checkpoint made =
                checkpoints.commit(RUN, 5, folder -> Files.writeString(folder.resolve("state"), "a"), FENCE);
        assertThat(made.folder().resolve("state")).hasContent("a");
        assertThat(bytes(5, "state"))
                .content(java.nio.charset.StandardCharsets.ISO_8859_1)
                .hasSize(129);
        assertThat(checkpoints.at(RUN, 5)).hasValue(made);
        Path found = elsewhere().checkpoints().at(RUN, 5).orElseThrow().folder();
        assertThat(found.resolve("state")).hasContent("a");
        checkpoints.prune(RUN, 0, Set.of(), FENCE);
        assertThat(made.folder()).doesNotExist();
    }

    @Test
    void aCheckpointOfAnotherStepIsNotTakenForThisOne() throws IOException {
        CheckpointStore checkpoints = elsewhere().checkpoints();
        for (int step : new int[] {5, 6}) {
            checkpoints.commit(RUN, step, folder -> Files.writeString(folder.resolve("state"), "a"), FENCE);
        }
        Files.delete(bytes(6, Manifest.FILE));
        Files.copy(bytes(5, Manifest.FILE), bytes(6, Manifest.FILE));
        assertThat(elsewhere().checkpoints().newestValid(RUN).damaged())
                .singleElement()
                .asString()
                .contains("changed; the key 'one' does not decrypt it");
    }

    @Test
    void nothingPlainStaysOfACheckpointThatDoesNotDecrypt() throws IOException {
        store.checkpoints().commit(RUN, 5, EncryptedLocalCheckpointsTest::two, FENCE);
        byte[] secret = Files.readAllBytes(bytes(5, "b"));
        secret[secret.length - 1] ^= 1;
        Files.delete(bytes(5, "b"));
        Files.write(bytes(5, "b"), secret);
        Path own = temp.resolve("own");
        LocalStore other = new LocalStore(temp, new Disk(), StoreKeys.of(temp, own, "one"));

        assertThat(other.checkpoints().newestValid(RUN).damaged()).hasSize(1);
        assertThat(plain(own)).isEmpty();
    }

    @Test
    void nothingPlainStaysOfACheckpointThatFindsTheDiskFull() throws IOException {
        store.checkpoints().commit(RUN, 5, EncryptedLocalCheckpointsTest::two, FENCE);
        Path own = temp.resolve("own");
        AtomicBoolean full = new AtomicBoolean(true);
        Disk disk = new Disk((action, path) -> {
            if (full.get() && path.startsWith(own) && path.endsWith("b")) {
                throw new IOException("No space left on device");
            }
        });
        LocalStore other = new LocalStore(temp, disk, StoreKeys.of(temp, own, "one"));

        assertThatThrownBy(() -> other.checkpoints().newestValid(RUN)).isInstanceOf(DiskFullException.class);
        assertThat(plain(own)).isEmpty();
        full.set(false);
        assertThat(other.checkpoints().at(RUN, 5).orElseThrow().folder().resolve("b"))
                .hasContent("b");
        assertThat(plain(own)).hasSize(2);
    }

    private static void two(Path folder) throws IOException {
        Files.writeString(folder.resolve("a"), "a");
        Files.writeString(folder.resolve("b"), "b");
    }

    private static List<Path> plain(Path own) throws IOException {
        try (Stream<Path> all = Files.walk(own)) {
            return all.filter(path -> path.endsWith("a") || path.endsWith("b")).toList();
        }
    }
}
