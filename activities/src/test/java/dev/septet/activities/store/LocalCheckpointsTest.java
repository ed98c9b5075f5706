package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class LocalCheckpointsTest extends CheckpointStoreContractTest {
    @Override
    protected ArtifactStore elsewhere() {
        return new LocalStore(temp);
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
