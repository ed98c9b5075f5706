package dev.septet.activities.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.StoreKeys;
import dev.septet.activities.store.Stores;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Bucket;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class StoreScrubTest {
    private static final Fence FENCE = new Fence("run-1/train", 1);
    private static final String RESULT =
            "{\"runId\":\"run-1\",\"key\":{\"stage\":\"train\",\"parts\":[]},\"result\":{}}";

    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    @TempDir
    Path temp;

    @Test
    void goesOnAfterADamagedResultOfAnEncryptedFolder() throws IOException {
        ArtifactStore store = encrypted("one");
        fill(store);
        Path record = temp.resolve("store/records/results/train/a.record");
        String text = Files.readString(record);
        Files.writeString(record, text.replaceFirst("\":\"....", "\":\"AAAA"));
        assertThatThrownBy(() -> store.record("results/train/a")).isInstanceOf(CorruptArtifactException.class);

        namesTheDamagedResult(store);
        findsNothingWithoutTheKey(encrypted("two"));
    }

    @Test
    void goesOnAfterADamagedResultOfAnEncryptedBucket() throws IOException {
        S3Address at = BUCKET.address();
        ArtifactStore store = BUCKET.store(at, temp, StoreKeys.of(temp, null, "one"));
        fill(store);
        damage(BUCKET.file(at, "records/results/train/a.record"));
        assertThatThrownBy(() -> store.record("results/train/a")).isInstanceOf(CorruptArtifactException.class);

        namesTheDamagedResult(store);
        findsNothingWithoutTheKey(BUCKET.store(at, temp, StoreKeys.of(temp, null, "two")));
    }

    @Test
    void namesAResultThatDoesNotParse() throws IOException {
        ArtifactStore store = new LocalStore(temp.resolve("store"));
        fill(store);
        store.putRecord("results/train/c", "{\"runId\":\"run-1\",\"kex\":{},\"result\":{}}", FENCE);
        damage(temp.resolve("store/records/results/train/a.record"));

        assertThat(StoreScrub.of(store, bytes -> {}).findings())
                .extracting(StoreScrub.Finding::found)
                .containsExactly("results/train/a: is not a result", "results/train/c: is not a result");
    }

    private ArtifactStore encrypted(String key) throws IOException {
        var unused = StoreKeys.of(temp, null, key);
        String file = temp.resolve("keys-%s.txt".formatted(key)).toString();
        return Stores.open(temp.resolve("store"), Map.of(Setting.STORE_KEYS.variable(), file));
    }

    private void fill(ArtifactStore store) throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "content");
        var unused = store.put(Map.of("file", file), FENCE);
        store.open(FENCE);
        var unusedCheckpoint =
                store.checkpoints().commit(FENCE.scope(), 5, to -> Files.writeString(to.resolve("state"), "s"), FENCE);
        store.putRecord("results/train/a", RESULT, FENCE);
        store.putRecord("results/train/b", RESULT, FENCE);
    }

    private static void damage(Path record) throws IOException {
        byte[] bytes = Files.readAllBytes(record);
        bytes[0] ^= 1;
        Files.write(record, bytes);
    }

    private static void namesTheDamagedResult(ArtifactStore store) throws IOException {
        StoreScrub scrub = StoreScrub.of(store, bytes -> {});
        assertThat(scrub.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.usedBy()).containsExactly("the record results/train/a"));
        assertThat(scrub.locked()).isZero();
        assertThat(scrub.artifacts()).isEqualTo(1);
    }

    /** The artifact, the checkpoint and the other record; the damaged record may be anything. */
    private static void findsNothingWithoutTheKey(ArtifactStore store) throws IOException {
        StoreScrub scrub = StoreScrub.of(store, bytes -> {});
        assertThat(scrub.locked()).isBetween(3, 4);
        assertThat(scrub.findings())
                .extracting(StoreScrub.Finding::usedBy)
                .isSubsetOf(List.of(List.of("the record results/train/a")));
        assertThatThrownBy(() -> new GarbageCollection(
                                store, Map.of(), RetentionPolicy.of(Map.of()), OpenWork.NONE, Instant.now())
                        .plan())
                .isInstanceOfAny(MissingKeyException.class, CorruptArtifactException.class);
    }
}
