package dev.septet.activities.store.bucket;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.AtRest;
import dev.septet.activities.store.KeyChecksContractTest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;

class S3KeyChecksTest extends KeyChecksContractTest {
    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    private final S3Address at = BUCKET.address();

    @Override
    protected ArtifactStore store(AtRest keys) throws IOException {
        return BUCKET.store(at, temp, keys);
    }

    @Override
    protected Path marker() {
        return BUCKET.file(at, "encrypted");
    }

    @Override
    protected Path record(String name) {
        return BUCKET.file(at, "records/" + name + ".record");
    }
}
