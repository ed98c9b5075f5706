package dev.septet.activities.store;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.services.s3.S3Client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

class EncryptedS3CheckpointsTest extends CheckpointStoreContractTest {
    private static S3Gateway gateway;
    private static S3Client client;
    private static int places;

    private final S3Address at = S3Address.of("s3://models/test-" + places++);

    @BeforeAll
    static void serve(@TempDir Path folder) throws Exception {
        gateway = S3Gateway.start(folder);
        client = gateway.client();
    }

    @AfterAll
    static void stop() {
        client.close();
        gateway.close();
    }

    @Override
    protected ArtifactStore elsewhere() throws IOException {
        return new S3Store(
                client,
                at,
                Files.createTempDirectory(temp, "machine"),
                StoreKeys.of(temp, null, "one"),
                new Disk(),
                Clock.systemUTC());
    }

    @Override
    protected Path bytes(int step, String path) {
        String scope = at.key("checkpoints/" + Names.encoded(RUN) + "/");
        String sha256 = Sha256.of("step " + step);
        return gateway.file(
                scope + (path.equals(Manifest.FILE) ? step + "-1.manifest" : "files-1/" + sha256));
    }

    @Override
    protected boolean isEmpty() throws IOException {
        return new S3Objects(client, at).names("checkpoints/").isEmpty();
    }
}
