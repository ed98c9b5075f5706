package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.artifact.ArtifactRef;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

class LocalStoreTest {
    private static final Fence FENCE = new Fence("run-1/train", 1);

    @TempDir Path temp;
    private Path root;
    private Path folder;
    private LocalStore store;

    @BeforeEach
    void fill() throws IOException {
        root = temp.resolve("store");
        store = new LocalStore(root);
        folder = content("a");
    }

    @Test
    void keepsFilesByTheirContent() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);

        assertThat(ref.uri()).isEqualTo("store:artifacts/" + ref.sha256());
        assertThat(ref.sizeBytes()).isEqualTo(6);
        Path fetched = new LocalStore(root).fetch(ref);
        assertThat(fetched.resolve("one.txt")).hasContent("one");
        assertThat(fetched.resolve("deep/two.txt")).hasContent("two");
        assertThat(store.put(content("b"), new Fence("other", 7))).isEqualTo(ref);
        assertThat(filesBelow(root.resolve("scratch"))).isEmpty();
    }

    @Test
    void storesEqualContentOnceHoweverManyPutItAtTheSameTime() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Callable<ArtifactRef>> puts = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                Fence fence = new Fence("run-" + i % 4, 1);
                puts.add(() -> new LocalStore(root).put(folder, fence));
            }
            Set<String> digests = new TreeSet<>();
            for (Future<ArtifactRef> put : pool.invokeAll(puts)) {
                digests.add(put.get().sha256());
            }
            assertThat(digests).hasSize(1);
            assertThat(filesBelow(root.resolve("scratch"))).isEmpty();
            assertThat(store.fetch(store.put(folder, FENCE)).resolve("one.txt")).hasContent("one");
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void namesTheFileThatIsNotWhatItWas() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        Path artifact = root.resolve("artifacts").resolve(ref.sha256());
        Path file = artifact.resolve("files/deep/two.txt");

        overwrite(file, "twO");
        assertDamaged(ref, file + ": changed");
        overwrite(file, "tw");
        assertDamaged(ref, file + ": has 2 bytes instead of 3");
        overwrite(file, "");
        assertDamaged(ref, file + ": has 0 bytes instead of 3");
        Files.delete(file);
        assertDamaged(ref, file + ": missing");
        Path manifest = artifact.resolve("manifest.json");
        overwrite(manifest, Files.readString(manifest).replace("two", "tow"));
        assertDamaged(ref, manifest + ": changed");
        Files.delete(manifest);
        assertDamaged(ref, manifest + ": missing");
    }

    @Test
    void replacesADamagedArtifactWhenItsContentIsPutAgain() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        Path file = store.fetch(ref).resolve("one.txt");
        overwrite(file, "0ne");

        assertThat(store.put(folder, FENCE)).isEqualTo(ref);
        assertThat(store.fetch(ref).resolve("one.txt")).hasContent("one");
        assertThat(root.resolve("damaged").resolve(ref.sha256() + "-0/files/one.txt"))
                .hasContent("0ne");
    }

    @Test
    void refusesLinksAndForeignAddresses() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), temp.resolve("elsewhere"));
        assertThatThrownBy(() -> store.put(folder, FENCE)).hasMessageContaining("is a link");
        assertThatThrownBy(() -> store.fetch(new ArtifactRef("file:/etc", "0".repeat(64), 1)))
                .isInstanceOf(CorruptArtifactException.class)
                .hasMessage("file:/etc: is no address in this store");
    }

    @Test
    void refusesEveryCommitOfAnAttemptThatWasOvertaken() throws IOException {
        Fence later = new Fence(FENCE.scope(), 2);
        store.open(FENCE);
        store.putRecord("results/x", "first", FENCE);
        Path dead = store.scratch(FENCE);
        new LocalStore(root).open(later);

        assertThat(dead).doesNotExist();
        assertThatThrownBy(() -> store.putRecord("results/x", "zombie", FENCE))
                .isInstanceOf(FencedException.class)
                .hasMessage("attempt 1 of run-1/train may not write: attempt 2 has taken over");
        assertThatThrownBy(() -> store.put(folder, FENCE)).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> store.open(FENCE)).isInstanceOf(FencedException.class);
        assertThat(store.record("results/x")).hasValue("first");
        assertThat(root.resolve("artifacts")).isEmptyDirectory();
        store.putRecord("results/x", "second", later);
        assertThat(store.record("results/x")).hasValue("second");
        store.putRecord("results/x", "third", new Fence("run-2/train", 1));
        assertThat(store.record("results/x")).hasValue("third");
    }

    @Test
    void listsRecordsByPrefix() throws IOException {
        store.putRecord("latest/support bot/train", "a", FENCE);
        store.putRecord("latest/support bot", "b", FENCE);
        store.putRecord("latest/../../etc", "c", FENCE);
        store.putRecord("results/x", "d", FENCE);

        assertThat(store.records("latest/"))
                .containsExactly(
                        "latest/../../etc", "latest/support bot", "latest/support bot/train");
        assertThat(store.record("latest/support bot")).hasValue("b");
        assertThat(store.record("latest/nobody")).isEmpty();
        assertThat(filesBelow(temp.resolve("etc"))).isEmpty();
        assertThatThrownBy(() -> store.record("latest//x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void leavesNothingHalfWhereTheDiskIsFull() throws IOException {
        ArtifactRef before = store.put(content("before", "old"), FENCE);
        for (String action : List.of("copy", "write", "sync", "move", "folder")) {
            LocalStore full =
                    new LocalStore(
                            root,
                            new Disk(
                                    (doing, path) -> {
                                        if (doing.equals(action)) {
                                            throw new IOException("No space left on device");
                                        }
                                    }));
            assertThatThrownBy(() -> full.put(folder, FENCE))
                    .isInstanceOf(DiskFullException.class)
                    .hasMessageContaining("the disk is full");
            assertThat(filesBelow(root.resolve("scratch"))).isEmpty();
            assertThat(root.resolve("artifacts").toFile().list()).containsExactly(before.sha256());
        }
        assertThat(store.fetch(before).resolve("one.txt")).hasContent("old");
        assertThat(store.fetch(store.put(folder, FENCE)).resolve("one.txt")).hasContent("one");
    }

    @Test
    void knowsARealFullDevice() {
        Path full = Path.of("/dev/full");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(full), "Linux has /dev/full");
        IOException refusal =
                org.assertj.core.api.Assertions.catchThrowableOfType(
                        IOException.class, () -> Files.writeString(full, "x"));
        assertThat(DiskFullException.orSame(full, refusal)).isInstanceOf(DiskFullException.class);
    }

    private void assertDamaged(ArtifactRef ref, String message) {
        assertThatThrownBy(() -> store.fetch(ref))
                .isInstanceOf(CorruptArtifactException.class)
                .hasMessageStartingWith(message);
    }

    private Path content(String name) throws IOException {
        return content(name, "one");
    }

    private Path content(String name, String one) throws IOException {
        Path made = temp.resolve(name);
        Files.createDirectories(made.resolve("deep"));
        Files.writeString(made.resolve("one.txt"), one);
        Files.writeString(made.resolve("deep/two.txt"), "two");
        return made;
    }

    private static void overwrite(Path file, String text) throws IOException {
        Files.delete(file);
        Files.writeString(file, text);
    }

    private static List<Path> filesBelow(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
