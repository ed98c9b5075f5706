package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Path;

/** What every local store promises of checkpoints, with keys and without. */
public abstract class LocalCheckpointsContractTest extends CheckpointStoreContractTest {
    @Override
    protected Path bytes(int step, String path) {
        return temp.resolve("checkpoints")
                .resolve(StoreNames.encoded(RUN))
                .resolve(Integer.toString(step))
                .resolve(path);
    }

    @Override
    protected boolean isEmpty() throws IOException {
        return ArtifactStoreContractTest.filesBelow(temp.resolve("checkpoints")).isEmpty();
    }
}
