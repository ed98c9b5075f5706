package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Bucket;
import dev.septet.activities.store.bucket.S3Objects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Manifests and records of a store, read while others work there. */
class StorageTest {
    private static final Fence FENCE = new Fence("run-1/train", 1);

    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    @TempDir
    private Path temp;

    @Test
    void areBoundToThePlacesThatTheStoreEncryptsThemFor() throws IOException {
        AtRest keys = StoreKeys.of(temp, null, "one");
        S3Address at = BUCKET.address();
        Path root = temp.resolve("store");
        LocalStore local = new LocalStore(root, new Disk(), keys);
        for (ArtifactStore store : List.of(local, BUCKET.store(at, temp, keys))) {
            fill(store);
        }
        Storage bucket = BUCKET.storage(at);
        for (Storage storage : List.of(folder(root), bucket)) {
            List<String> plain = new ArrayList<>();
            storage.texts(text -> plain.add(keys.encryption().decrypted(text.stored(), text.name(), text.place())));
            assertThat(plain).hasSize(6).contains("x", "y").allMatch(text -> text.length() < 300);
        }
        for (ArtifactStore store : List.of(local, BUCKET.store(at, temp, keys))) {
            assertThat(store.atRest(4).encrypted()).isEqualTo(4);
            assertThat(store.atRest(99).encrypted()).isEqualTo(6);
        }
    }

    @Test
    void whatGoesWhileTheyAreReadIsPassedOver() throws IOException {
        Path root = temp.resolve("store");
        fill(new LocalStore(root));
        List<String> read = new ArrayList<>();
        folder(root).texts(text -> {
            for (Path file : ArtifactStoreContractTest.filesBelow(root)) {
                // The first in each of the three folders is read, then all is gone.
                if (!text.name().contains("artifacts") || file.toString().contains("artifacts")) {
                    new Disk().remove(file.resolveSibling(""));
                }
            }
            return read.add(text.name());
        });
        assertThat(read).hasSize(2);
    }

    @Test
    void objectsThatGoWhileTheyAreReadArePassedOver() throws IOException {
        S3Address at = BUCKET.address();
        fill(BUCKET.store(at, temp, AtRest.plain()));
        S3Objects objects = new S3Objects(BUCKET.client(), at);
        List<String> read = new ArrayList<>();
        BUCKET.storage(at).texts(text -> {
            for (String name : objects.names("artifacts/")) {
                objects.delete(name);
            }
            return read.add(text.name());
        });
        assertThat(read)
                .hasSize(5)
                .filteredOn(name -> name.contains("artifacts/"))
                .hasSize(1);
    }

    private static Storage folder(Path root) {
        Scratch scratch = new Scratch(root.resolve("scratch"), new Disk());
        Fences fences = new Fences(root.resolve("fences"), new Disk(), scratch.processes());
        return new FolderStorage(root, new Disk(), fences, scratch);
    }

    /** Two of each kind. */
    private void fill(ArtifactStore store) throws IOException {
        for (int number = 1; number <= 2; number++) {
            Path content = Files.createDirectories(temp.resolve("content-" + number));
            Files.writeString(content.resolve("manifest.json"), "number " + number);
            store.put(content, FENCE);
            store.putRecord("results/" + number, number == 1 ? "x" : "y", FENCE);
            store.checkpoints()
                    .commit(FENCE.scope(), number, into -> Files.writeString(into.resolve("state"), "state"), FENCE);
        }
    }
}
