package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class LocalKeyChecksTest extends KeyChecksContractTest {
    /** Each has a scratch folder of its own, as another process has: no plain copy is shared. */
    @Override
    protected ArtifactStore store(AtRest keys) throws IOException {
        Path own = Files.createTempDirectory(temp, "process");
        return new LocalStore(root(), new Disk(), new AtRest(keys.encryption(), own, keys.bound()));
    }

    @Override
    protected Path marker() {
        return root().resolve("encrypted");
    }

    @Override
    protected Path record(String name) {
        return root().resolve("records").resolve(name + ".record");
    }

    private Path root() {
        return temp.resolve("store");
    }
}
