package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store knows of its keys. {@code one=other} is another key of the name 'one'. */
public abstract class KeyChecksContractTest {
    private static final Fence FENCE = new Fence("run-1/train", 1);
    private static final String SENTENCE = "What is written here is encrypted; see SEPTET_STORE_KEYS.\n";
    private static final String REPLACED =
            "the key 'one' is not the key with which this store was written under this name. Restore"
                    + " the old key under this name, and give the new key another name.";

    @TempDir
    protected Path temp;

    /** The store as a process with these keys sees it. */
    protected abstract ArtifactStore store(AtRest keys) throws IOException;

    /** Where the marker's bytes are. */
    protected abstract Path marker();

    /** Where a record's bytes are. */
    protected abstract Path record(String name);

    @Test
    void aKeyThatWasReplacedUnderItsNameIsRefusedByItsName() throws IOException {
        ArtifactStore right = opened("one");
        ArtifactRef ref = filled(right, "a");
        ArtifactStore wrong = store("one=other");

        for (Use use : List.<Use>of(
                () -> wrong.open(FENCE),
                () -> wrong.fetch(ref),
                () -> wrong.record("results/a"),
                () -> wrong.checkpoints().newestValid(FENCE.scope()),
                () -> wrong.checkpoints().at(FENCE.scope(), 5),
                () -> wrong.atRest(99))) {
            assertThatThrownBy(use::run)
                    .isInstanceOf(MissingKeyException.class)
                    .hasMessageContainingAll("keys-one=other.txt: " + REPLACED, "encrypted was");
        }
        assertThat(wrong.check(Long.MAX_VALUE, true))
                .as("nothing is moved aside")
                .isEqualTo(new ArtifactStore.Checked(1, 1, 1, List.of()));
        assertThat(right.fetch(ref).resolve("a")).hasContent("a");
        opened("one");
    }

    @Test
    void aReplacedKeyIsAlsoRefusedWhereAnotherOneEncrypts() throws IOException {
        opened("one");
        assertThatThrownBy(() -> opened("one=other", "two"))
                .isInstanceOf(MissingKeyException.class)
                .hasMessageContaining(REPLACED);
        opened("one", "two");
        opened("two");
        assertThatThrownBy(() -> opened("one", "two=other"))
                .hasMessageContaining("the key 'two' is not the key with which");
        assertThat(names()).containsExactly("one", "two");
    }

    /** A key that only waits in the file may still be changed. */
    @Test
    void aKeyThatNeverEncryptedHasNoCheck() throws IOException {
        opened("two", "one");
        opened("two=other", "one");
        assertThat(names()).containsExactly("one");
    }

    @Test
    void aMarkerOfAnEarlierVersionGetsItsCheckByWhatLiesThere() throws IOException {
        filled(store("one"), "a");
        filled(store("one", "two"), "b");
        Files.writeString(marker(), SENTENCE);

        opened("two");
        assertThat(lines()).contains("unproven one");
        assertThat(names()).containsExactly("two");
        opened("one", "two");
        assertThat(lines()).doesNotContain("unproven one");
        assertThat(names()).containsExactly("one", "two");
        assertThatThrownBy(() -> opened("one=other", "two")).hasMessageContaining(REPLACED);
    }

    @Test
    void aWrongKeyIsNotTakenForTheRightOneWhereNothingIsKnownOfIt() throws IOException {
        filled(store("one"), "a");
        Files.writeString(marker(), SENTENCE);

        opened("one=other"); // as before: nobody can tell
        assertThat(names()).isEmpty();
        assertThat(lines()).contains("unproven one");
        assertThat(opened("one").record("results/a")).hasValue("a");
        assertThat(names()).containsExactly("one");
    }

    @Test
    void theRightKeyIsProvenAfterAWrongOneWasTried() throws IOException {
        filled(store("one"), "a");
        Files.writeString(marker(), SENTENCE);

        opened("one=other");
        opened("one");
        assertThat(names()).containsExactly("one");
        assertThatThrownBy(() -> opened("one=other")).hasMessageContaining(REPLACED);
    }

    @Test
    void aRemovedMarkerIsMadeAgainByWhatLiesThere() throws IOException {
        filled(opened("one"), "a");
        Files.delete(marker());
        opened("one=other");
        assertThat(names()).isEmpty();
        Files.delete(marker());
        opened("one");
        assertThat(names()).containsExactly("one");
    }

    @Test
    void aDamagedTextNeitherClosesAStoreNorKeepsItsKeyUnproven() throws IOException {
        filled(store("one"), "a");
        filled(store("one"), "b");
        Files.writeString(marker(), SENTENCE);
        Path damaged = record("results/a");
        Files.writeString(damaged, Files.readString(damaged).replaceFirst("(encrypted\\W+)....", "$1AAAA"));
        Files.writeString(damaged.resolveSibling("100%.record"), "of another program");

        ArtifactStore store = opened("one");
        assertThat(names()).containsExactly("one");
        assertThatThrownBy(() -> store.record("results/a")).isInstanceOf(CorruptArtifactException.class);
        assertThatThrownBy(() -> opened("one=other")).hasMessageContaining(REPLACED);
    }

    /** As commands do, such as a rollback: they open no fence. */
    @Test
    void nothingIsWrittenByAReplacedKeyOrWithoutOne() throws IOException {
        filled(opened("one"), "a");
        for (ArtifactStore wrong : List.of(store("one=other"), store(AtRest.plain()))) {
            for (Use use : List.<Use>of(
                    () -> wrong.putRecord("results/a", "b", FENCE),
                    () -> wrong.replaceRecord("results/new", Optional.empty(), "b", FENCE),
                    () -> wrong.put(temp.resolve("content of a"), FENCE))) {
                assertThatThrownBy(use::run).isInstanceOf(MissingKeyException.class);
            }
        }
        assertThat(opened("one").record("results/a")).hasValue("a");
    }

    @Test
    void aStoreThatGoesOverToKeysKnowsThem() throws IOException {
        filled(store(AtRest.plain()), "a");
        opened("one");
        assertThat(lines().get(0) + "\n").isEqualTo(SENTENCE);
        assertThat(names()).containsExactly("one");
        assertThatThrownBy(() -> store(AtRest.plain()).open(FENCE))
                .hasMessageContaining("this store is encrypted, but this process has no keys");
    }

    /** The operator changes the key file of a process that runs. */
    @Test
    void aKeyThatBecomesCurrentIsKnownBeforeItEncrypts() throws IOException {
        ArtifactStore store = opened("one");
        Path file = temp.resolve("keys-one.txt");
        StoreKeys.of(temp, null, "one", "two");
        Files.copy(temp.resolve("keys-one-two.txt"), file, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        filled(store, "before");
        store.open(FENCE);
        assertThat(names()).containsExactly("one", "two");
        filled(store, "after");
        assertThat(Files.readString(record("results/after")).replace("\\", "")).contains("\"key\":\"two\"");

        assertThatThrownBy(() -> opened("one", "two=other"))
                .isInstanceOf(MissingKeyException.class)
                .hasMessageContaining("the key 'two' is not the key with which this store was written");
    }

    @Test
    void ofTwoKeysOfOneNameThatComeAtOnceOneIsRefused() throws Exception {
        List<Callable<ArtifactStore>> both = new ArrayList<>();
        for (String key : List.of("one", "one=other", "one", "one=other")) {
            ArtifactStore store = store(key);
            both.add(() -> {
                store.open(new Fence(key + both.size(), 1));
                return store;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(both.size());
        int refused = 0;
        try {
            for (Future<ArtifactStore> opening : threads.invokeAll(both)) {
                try {
                    filled(opening.get(), "a");
                } catch (ExecutionException e) {
                    assertThat(e).cause().isInstanceOf(MissingKeyException.class);
                    refused++;
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(refused).isEqualTo(2);
        assertThat(names()).containsExactly("one");
    }

    private interface Use {
        void run() throws IOException;
    }

    private ArtifactStore store(String... keys) throws IOException {
        return store(StoreKeys.of(temp, null, keys));
    }

    private ArtifactStore opened(String... keys) throws IOException {
        ArtifactStore store = store(keys);
        store.open(FENCE);
        return store;
    }

    private ArtifactRef filled(ArtifactStore store, String text) throws IOException {
        Path content = Files.createDirectories(temp.resolve("content of " + text));
        Files.writeString(content.resolve(text), text);
        store.putRecord("results/" + text, text, FENCE);
        store.checkpoints().commit(FENCE.scope(), 5, into -> Files.writeString(into.resolve("state"), "state"), FENCE);
        return store.put(content, FENCE);
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(marker());
    }

    /** Of the keys that have a check. */
    private List<String> names() throws IOException {
        return lines().stream()
                .filter(line -> line.startsWith("{\"encrypted\":\""))
                .map(line -> line.replaceFirst(".*\",\"key\":\"(.*)\"}", "$1"))
                .toList();
    }
}
