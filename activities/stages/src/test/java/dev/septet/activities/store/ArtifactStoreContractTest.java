package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store promises; each kind of store extends it. */
public abstract class ArtifactStoreContractTest {
    protected static final Fence FENCE = new Fence("run-1/train", 1);

    @TempDir
    protected Path temp;

    protected ArtifactStore store;
    protected Path folder;

    /** The store as another worker sees it: the same bytes, nothing remembered. */
    protected abstract ArtifactStore elsewhere() throws IOException;

    /** The file that holds an artifact's {@code one.txt}, {@code deep/two.txt} or manifest. */
    protected abstract Path bytes(ArtifactRef ref, String path, String content);

    @BeforeEach
    void fill() throws IOException {
        store = elsewhere();
        folder = content("a");
    }

    @Test
    void keepsFilesByTheirContent() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);

        assertThat(ref.uri()).isEqualTo("store:artifacts/" + ref.sha256());
        assertThat(ref.sizeBytes()).isEqualTo(6);
        Path fetched = elsewhere().fetch(ref);
        assertThat(fetched.resolve("one.txt")).hasContent("one");
        assertThat(fetched.resolve("deep/two.txt")).hasContent("two");
        assertThat(fetched.resolve("one.txt").toFile().canWrite() && !isRoot()).isFalse();
        assertThat(store.put(content("b"), new Fence("other", 7))).isEqualTo(ref);
    }

    @Test
    void removesOnlyWhatWasNotUsedSinceATime() throws Exception {
        ArtifactRef ref = store.put(folder, FENCE);
        store.putRecord("results/train/key", "text", FENCE);
        ArtifactStore.Contents contents = elsewhere().contents();
        Instant before = Instant.now().minus(Duration.ofHours(1));
        Instant after = Instant.now().plus(Duration.ofHours(1));
        assertThat(contents.artifacts()).singleElement().satisfies(one -> {
            assertThat(one.name()).isEqualTo(ref.sha256());
            assertThat(one.bytes()).isPositive();
            assertThat(one.used()).isBetween(before, after);
        });
        assertThat(contents.records()).extracting(Storage.Used::name).containsExactly("results/train/key");
        assertThat(contents.text(ref.sha256(), "one.txt")).contains("one");
        assertThat(contents.text(ref.sha256(), "none.txt")).isEmpty();
        assertThat(contents.verify(ref.sha256())).isEqualTo(6);

        assertThat(contents.removeArtifact(ref.sha256(), before, FENCE)).isFalse();
        assertThat(contents.removeRecord("results/train/key", before, FENCE)).isFalse();
        assertThat(elsewhere().fetch(ref)).isDirectory();
        assertThat(elsewhere().renew("results/train/key")).isTrue();
        assertThat(elsewhere().record("results/train/key")).contains("text");

        assertThat(contents.removeArtifact(ref.sha256(), after, FENCE)).isTrue();
        assertThat(contents.removeRecord("results/train/key", after, FENCE)).isTrue();
        assertThat(contents.removeArtifact(ref.sha256(), after, FENCE)).isTrue();
        assertThat(contents.removeRecord("results/train/key", after, FENCE)).isTrue();
        assertThat(elsewhere().holds(ref)).isFalse();
        assertThat(contents.artifacts()).isEmpty();
        assertThat(elsewhere().renew("results/train/key")).isFalse();
        assertThatThrownBy(() -> elsewhere().fetch(ref)).isInstanceOf(CorruptArtifactException.class);
        assertThat(elsewhere().put(folder, FENCE)).isEqualTo(ref);
        assertThat(elsewhere().fetch(ref).resolve("one.txt")).hasContent("one");
    }

    @Test
    void givesEveryStoreTheSameAddressOfEqualContent() throws IOException {
        Path local = temp.resolve("a local store");
        assertThat(store.put(folder, FENCE)).isEqualTo(new LocalStore(local).put(folder, FENCE));
    }

    @Test
    void storesEqualContentOnceHoweverManyPutItAtTheSameTime() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Callable<ArtifactRef>> puts = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                Fence fence = new Fence("run-" + i % 4, 1);
                ArtifactStore other = elsewhere();
                puts.add(() -> other.put(folder, fence));
            }
            Set<String> digests = new TreeSet<>();
            for (Future<ArtifactRef> put : pool.invokeAll(puts)) {
                digests.add(put.get().sha256());
            }
            assertThat(digests).hasSize(1);
            assertThat(store.fetch(store.put(folder, FENCE)).resolve("one.txt")).hasContent("one");
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    protected void namesTheFileThatIsNotWhatItWas() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        Path file = bytes(ref, "deep/two.txt", "two");

        overwrite(file, "twO");
        assertDamaged(ref, ": changed");
        overwrite(file, "tw");
        assertDamaged(ref, ": has 2 bytes instead of 3");
        overwrite(file, "");
        assertDamaged(ref, ": has 0 bytes instead of 3");
        Files.delete(file);
        assertDamaged(ref, ": missing");
        Path manifest = bytes(ref, Manifest.FILE, "");
        overwrite(manifest, Files.readString(manifest).replace("two", "tow"));
        assertDamaged(ref, ": changed");
        Files.delete(manifest);
        assertDamaged(ref, ": missing");
    }

    @Test
    void repairsADamagedArtifactWhenItsContentIsPutAgain() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        overwrite(bytes(ref, "one.txt", "one"), "0ne");
        ArtifactStore other = elsewhere();
        assertThatThrownBy(() -> other.fetch(ref)).isInstanceOf(CorruptArtifactException.class);

        assertThat(other.put(folder, FENCE)).isEqualTo(ref);
        assertThat(elsewhere().fetch(ref).resolve("one.txt")).hasContent("one");
    }

    /** A removed artifact is gone for every worker; a file that another artifact has stays for that one. */
    @Test
    void removesAnArtifactForGood() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        Path other = Files.createDirectories(temp.resolve("other"));
        Files.writeString(other.resolve("same.txt"), "one");
        ArtifactRef same = store.put(other, FENCE);
        assertThat(elsewhere().holds(ref)).isTrue();
        Path two = bytes(ref, "deep/two.txt", "two");
        assertThat(two).exists();

        store.remove(ref, FENCE);

        assertThat(store.holds(ref)).isFalse();
        assertThat(elsewhere().holds(ref)).isFalse();
        assertThat(two).doesNotExist();
        assertThatThrownBy(() -> store.fetch(ref)).isInstanceOf(CorruptArtifactException.class);
        assertThat(elsewhere().fetch(same).resolve("same.txt")).hasContent("one");
        store.remove(ref, FENCE);
        assertThat(store.put(folder, FENCE)).as("it can be stored again").isEqualTo(ref);
        assertThat(elsewhere().fetch(ref).resolve("one.txt")).hasContent("one");
    }

    @Test
    void refusesLinksAndForeignAddresses() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), temp.resolve("elsewhere"));
        assertThatThrownBy(() -> store.put(folder, FENCE)).hasMessageContaining("is a link");
        assertThatThrownBy(() -> store.fetch(new ArtifactRef("file:/etc", "0".repeat(64), 1)))
                .isInstanceOf(CorruptArtifactException.class)
                .hasMessage("file:/etc: is not an address in this store");
    }

    @Test
    void refusesEveryCommitOfAnAttemptThatWasOvertaken() throws IOException {
        Fence later = new Fence(FENCE.scope(), 2);
        store.open(FENCE);
        store.putRecord("results/x", "first", FENCE);
        elsewhere().open(later);

        assertThatThrownBy(() -> store.putRecord("results/x", "zombie", FENCE))
                .isInstanceOf(FencedException.class)
                .hasMessage("attempt 1 of run-1/train may not write: attempt 2 has taken over");
        assertThatThrownBy(() -> store.put(folder, FENCE)).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> store.open(FENCE)).isInstanceOf(FencedException.class);
        assertThat(elsewhere().record("results/x")).hasValue("first");
        store.putRecord("results/x", "second", later);
        assertThat(store.record("results/x")).hasValue("second");
        store.putRecord("results/x", "third", new Fence("run-2/train", 1));
        assertThat(elsewhere().record("results/x")).hasValue("third");
    }

    @Test
    void aLaterRequestOvertakesEveryAttemptOfAnEarlierOne() throws IOException {
        Fence ninth = new Fence(FENCE.scope(), new FencingToken(1_000, 9));
        Fence first = new Fence(FENCE.scope(), new FencingToken(2_000, 1));
        ArtifactStore dead = elsewhere();
        dead.open(ninth);
        dead.putRecord("results/x", "ninth", ninth);
        Path own = scratchOf(first);
        store.putRecord("results/x", "first", first);

        assertThatThrownBy(() -> dead.putRecord("results/x", "zombie", ninth))
                .hasMessage("attempt 9-1000 of run-1/train may not write: attempt 1-2000 has taken" + " over");
        dead.release(ninth);
        assertThat(own).exists();
        store.putRecord("results/x", "first again", first);
        assertThat(elsewhere().record("results/x")).hasValue("first again");
    }

    private Path scratchOf(Fence fence) throws IOException {
        store.open(fence);
        return store.scratch(fence);
    }

    @Test
    void removesWhatADeadAttemptLeftOnThisMachine() throws IOException {
        store.open(FENCE);
        Path dead = store.scratch(FENCE);
        store.open(new Fence(FENCE.scope(), 2));
        assertThat(dead).doesNotExist();
        Path own = store.scratch(new Fence(FENCE.scope(), 2));
        store.release(new Fence(FENCE.scope(), 2));
        assertThat(own).doesNotExist();
    }

    @Test
    void endsAnAttemptForGood() throws IOException {
        ArtifactStore sleeper = elsewhere();
        sleeper.open(FENCE);
        Fence later = new Fence(FENCE.scope(), 2);
        store.open(later);
        store.putRecord("results/x", "second", later);
        store.release(later);

        assertThat(store.leftovers().fences()).isEmpty();
        assertThatThrownBy(() -> sleeper.putRecord("results/x", "first", FENCE)).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> store.putRecord("results/x", "late", later))
                .hasMessage("attempt 2 of run-1/train may not write: it has ended");
        assertThat(elsewhere().record("results/x")).hasValue("second");
        Fence third = new Fence(FENCE.scope(), 3);
        store.open(third);
        store.putRecord("results/x", "third", third);
        store.release(third);
        assertThat(elsewhere().record("results/x")).hasValue("third");
    }

    @Test
    void listsRecordsByPrefix() throws IOException {
        store.putRecord("latest/support bot/train", "a", FENCE);
        store.putRecord("latest/support bot", "b", FENCE);
        store.putRecord("latest/../../etc", "c", FENCE);
        store.putRecord("results/x", "d", FENCE);

        assertThat(elsewhere().records("latest/"))
                .containsExactly("latest/../../etc", "latest/support bot", "latest/support bot/train");
        assertThat(store.records("latest/supp")).hasSize(2);
        assertThat(store.records("nothing/")).isEmpty();
        assertThat(store.record("latest/support bot")).hasValue("b");
        assertThat(store.record("latest/nobody")).isEmpty();
        assertThatThrownBy(() -> store.record("latest//x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void replacesARecordOnlyIfItIsWhatItsWriterBelieves() throws IOException {
        Optional<String> none = Optional.empty();
        assertThat(store.replaceRecord("routes/x", Optional.of("?"), "a", FENCE))
                .isFalse();
        assertThat(store.replaceRecord("routes/x", none, "a", FENCE)).isTrue();
        assertThat(elsewhere().replaceRecord("routes/x", none, "b", FENCE)).isFalse();
        assertThat(elsewhere().replaceRecord("routes/x", Optional.of("a"), "b", FENCE))
                .isTrue();
        assertThat(store.replaceRecord("routes/x", Optional.of("b"), "a", FENCE))
                .isTrue();
        assertThat(elsewhere().record("routes/x")).hasValue("a");
        elsewhere().open(new Fence(FENCE.scope(), 2));
        assertThatThrownBy(() -> store.replaceRecord("routes/x", Optional.of("a"), "z", FENCE))
                .isInstanceOf(FencedException.class);
    }

    @Test
    void losesNoneOfManyChanges() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Void>> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Fence fence = new Fence("counter-" + i % 3, 1); // two of them share a fence
                ArtifactStore own = elsewhere();
                writers.add(() -> {
                    for (int done = 0; done < 5; ) {
                        Optional<String> now = own.record("counter");
                        int next = now.map(Integer::valueOf).orElse(0) + 1;
                        String text = Integer.toString(next);
                        done += own.replaceRecord("counter", now, text, fence) ? 1 : 0;
                    }
                    return null;
                });
            }
            for (Future<Void> writer : pool.invokeAll(writers)) {
                writer.get();
            }
            assertThat(Integer.parseInt(store.record("counter").orElseThrow())).isEqualTo(20);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void keepsTheLastOfManyWritersWhole() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Void>> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String text = Integer.toString(i).repeat(1000);
                Fence fence = new Fence("writer-" + i % 2, 1); // two of them share a fence
                ArtifactStore own = elsewhere();
                writers.add(() -> {
                    for (int round = 0; round < 5; round++) {
                        own.putRecord("routes/bot", text, fence);
                    }
                    return null;
                });
            }
            for (Future<Void> writer : pool.invokeAll(writers)) {
                writer.get();
            }
            assertThat(store.record("routes/bot").orElseThrow()).matches("(.)\\1{999}");
        } finally {
            pool.shutdownNow();
        }
    }

    protected void assertDamaged(ArtifactRef ref, String message) {
        assertThatThrownBy(() -> elsewhere().fetch(ref))
                .isInstanceOf(CorruptArtifactException.class)
                .hasMessageContaining(message);
    }

    protected Path content(String name) throws IOException {
        return content(name, "one");
    }

    protected Path content(String name, String one) throws IOException {
        Path made = temp.resolve(name);
        Files.createDirectories(made.resolve("deep"));
        Files.writeString(made.resolve("one.txt"), one);
        Files.writeString(made.resolve("deep/two.txt"), "two");
        return made;
    }

    protected static void overwrite(Path file, String text) throws IOException {
        Files.delete(file);
        Files.writeString(file, text);
    }

    protected static List<Path> filesBelow(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith(".alive")) // this process lives
                    .toList();
        }
    }

    /** Whoever may do everything is not told that a file is read-only. */
    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
