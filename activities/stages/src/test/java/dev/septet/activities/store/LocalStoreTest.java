package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalStoreTest extends ArtifactStoreContractTest {
    @Override
    protected ArtifactStore elsewhere() {
        return new LocalStore(root());
    }

    @Override
    protected Path bytes(ArtifactRef ref, String path, String content) {
        Path artifact = root().resolve("artifacts").resolve(ref.sha256());
        return artifact.resolve(path.equals(Manifest.FILE) ? path : "files/" + path);
    }

    @Test
    void leavesNoScratchAndNamesWholePaths() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        assertThat(filesBelow(root().resolve("scratch"))).isEmpty();
        Path file = bytes(ref, "one.txt", "one");
        overwrite(file, "0ne");
        assertDamaged(ref, file + ": changed");
    }

    @Test
    void setsADamagedArtifactAside() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        overwrite(store.fetch(ref).resolve("one.txt"), "0ne");

        assertThat(store.put(folder, FENCE)).isEqualTo(ref);
        assertThat(store.fetch(ref).resolve("one.txt")).hasContent("one");
        assertThat(root().resolve("damaged").resolve(ref.sha256() + "-0/files/one.txt"))
                .hasContent("0ne");
    }

    @Test
    void writesNoArtifactOfAnAttemptThatWasOvertaken() throws IOException {
        store.open(new Fence(FENCE.scope(), 2));
        assertThatThrownBy(() -> store.put(folder, FENCE)).isInstanceOf(FencedException.class);
        assertThat(root().resolve("artifacts")).isEmptyDirectory();
        store.putRecord("latest/../../etc", "c", new Fence("x", 1));
        assertThat(filesBelow(temp.resolve("etc"))).isEmpty();
    }

    @Test
    void leavesNothingHalfWhereTheDiskIsFull() throws IOException {
        ArtifactRef before = store.put(content("before", "old"), FENCE);
        for (String action : List.of("copy", "write", "sync", "move", "folder")) {
            LocalStore full = new LocalStore(root(), new Disk((doing, path) -> {
                if (doing.equals(action)) {
                    throw new IOException("No space left on device");
                }
            }));
            assertThatThrownBy(() -> full.put(folder, FENCE))
                    .isInstanceOf(DiskFullException.class)
                    .hasMessageContaining("the disk is full");
            assertThat(filesBelow(root().resolve("scratch"))).isEmpty();
            assertThat(root().resolve("artifacts").toFile().list()).containsExactly(before.sha256());
        }
        assertThat(store.fetch(before).resolve("one.txt")).hasContent("old");
        assertThat(store.fetch(store.put(folder, FENCE)).resolve("one.txt")).hasContent("one");
    }

    @Test
    void knowsARealFullDevice() {
        Path full = Path.of("/dev/full");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(full), "Linux has /dev/full");
        IOException refusal = org.assertj.core.api.Assertions.catchThrowableOfType(
                IOException.class, () -> Files.writeString(full, "x"));
        assertThat(DiskFullException.orSame(full, refusal)).isInstanceOf(DiskFullException.class);
    }

    private Path root() {
        return temp.resolve("store");
    }
}
