package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.services.s3.S3Client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

class S3CheckpointsTest extends CheckpointStoreContractTest {
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
                CacheBound.of(java.util.Map.of()));
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

    @Test
    void lateRemovalsOfAnOvertakenAttemptLeaveItsSuccessorsFilesAlone() throws IOException {
        CheckpointStore first = elsewhere().checkpoints();
        first.commit(RUN, 5, state("same bytes"), FENCE);
        Fence later = new Fence(RUN, 2);
        ArtifactStore successor = elsewhere();
        successor.open(later);
        successor.checkpoints().commit(RUN, 6, state("same bytes"), later);

        // What attempt 1 decided to remove before it was overtaken, done only now.
        S3Objects objects = new S3Objects(client, at);
        String scope = "checkpoints/" + Names.encoded(RUN) + "/";
        for (String name : objects.names(scope + "files-1/")) {
            objects.delete(name);
        }
        objects.delete(scope + "5-1.manifest");

        CheckpointStore.Found found = elsewhere().checkpoints().newestValid(RUN);
        assertThat(found.checkpoint().orElseThrow().step()).isEqualTo(6);
        assertThat(found.damaged()).isEmpty();
        successor.checkpoints().prune(RUN, 0, Set.of(), later);
        assertThat(isEmpty()).isTrue();
    }

    private static CheckpointStore.Writer state(String text) {
        return folder ->
                Files.write(folder.resolve("state"), text.getBytes(StandardCharsets.UTF_8));
    }
}
