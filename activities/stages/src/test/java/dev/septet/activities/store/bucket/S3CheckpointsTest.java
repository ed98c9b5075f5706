package dev.septet.activities.store.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.AtRest;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.CheckpointStoreContractTest;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.StoreNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class S3CheckpointsTest extends CheckpointStoreContractTest {
    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    private final S3Address at = BUCKET.address();

    @Override
    protected ArtifactStore elsewhere() throws IOException {
        return BUCKET.store(at, temp, AtRest.plain());
    }

    @Override
    protected Path bytes(int step, String path) {
        return BUCKET.checkpoint(at, RUN, step, path);
    }

    @Override
    protected boolean isEmpty() throws IOException {
        return !BUCKET.hasCheckpoints(at);
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
        S3Objects objects = new S3Objects(BUCKET.client(), at);
        String scope = "checkpoints/" + StoreNames.encoded(RUN) + "/";
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
        return folder -> Files.write(folder.resolve("state"), text.getBytes(StandardCharsets.UTF_8));
    }
}
