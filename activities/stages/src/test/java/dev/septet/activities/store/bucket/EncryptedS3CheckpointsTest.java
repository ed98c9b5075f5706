package dev.septet.activities.store.bucket;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CheckpointStoreContractTest;
import dev.septet.activities.store.StoreKeys;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;

class EncryptedS3CheckpointsTest extends CheckpointStoreContractTest {
    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    private final S3Address at = BUCKET.address();

    @Override
    protected ArtifactStore elsewhere() throws IOException {
        return BUCKET.store(at, temp, StoreKeys.of(temp, null, "one"));
    }

    @Override
    protected Path bytes(int step, String path) {
        return BUCKET.checkpoint(at, RUN, step, path);
    }

    @Override
    protected boolean isEmpty() throws IOException {
        return !BUCKET.hasCheckpoints(at);
    }
}
