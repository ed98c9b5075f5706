package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class LocalCheckpointsTest extends LocalCheckpointsContractTest {
    @Override
    protected ArtifactStore elsewhere() {
        return new LocalStore(temp);
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
