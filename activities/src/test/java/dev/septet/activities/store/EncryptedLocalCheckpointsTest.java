package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

class EncryptedLocalCheckpointsTest extends CheckpointStoreContractTest {
    @Override
    protected ArtifactStore elsewhere() throws IOException {
        Path own = Files.createTempDirectory(temp, "process");
        return new LocalStore(temp, new Disk(), StoreKeys.of(temp, own, "one"));
    }

    @Override
    protected Path bytes(int step, String path) {
        return temp.resolve("checkpoints")
                .resolve(Names.encoded(RUN))
                .resolve(Integer.toString(step))
                .resolve(path);
    }

    @Override
    protected boolean isEmpty() throws IOException {
        return ArtifactStoreContractTest.filesBelow(temp.resolve("checkpoints")).isEmpty();
    }

    /** What is handed out is plain; it goes with the checkpoint. */
    @Test
    void handsOutPlainFilesForAsLongAsTheCheckpointStays() throws IOException {
        CheckpointStore checkpoints = elsewhere().checkpoints();
        CheckpointStore.Checkpoint made =
                checkpoints.commit(
                        RUN, 5, folder -> Files.writeString(folder.resolve("state"), "a"), FENCE);
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
            checkpoints.commit(
                    RUN, step, folder -> Files.writeString(folder.resolve("state"), "a"), FENCE);
        }
        Files.delete(bytes(6, Manifest.FILE));
        Files.copy(bytes(5, Manifest.FILE), bytes(6, Manifest.FILE));
        assertThat(elsewhere().checkpoints().newestValid(RUN).damaged())
                .singleElement()
                .asString()
                .contains("changed; the key 'one' does not decrypt it");
    }
}
