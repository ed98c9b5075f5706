package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.settings.Setting;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The same promises with keys, and what keys promise. */
class EncryptedLocalStoreTest extends ArtifactStoreContractTest {
    private static final String CANARY = "a canary that sings in plain text";

    /** Each has a scratch folder of its own, as another process has: no plain copy is shared. */
    @Override
    protected ArtifactStore elsewhere() throws IOException {
        return store("one");
    }

    @Override
    protected Path bytes(ArtifactRef ref, String path, String content) {
        Path artifact = root().resolve("artifacts").resolve(ref.sha256());
        return artifact.resolve(path.equals(Manifest.FILE) ? path : "files/" + path);
    }

    @Test
    @Override
    protected void namesTheFileThatIsNotWhatItWas() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        Path file = bytes(ref, "deep/two.txt", "two");
        byte[] secret = Files.readAllBytes(file);
        byte[] changed = secret.clone();
        changed[changed.length - 1] ^= 1;

        overwrite(file, changed);
        assertDamaged(ref, file + ": changed; the key 'one' does not decrypt it");
        overwrite(file, java.util.Arrays.copyOf(secret, secret.length - 1));
        assertDamaged(ref, ": has 130 bytes instead of 131");
        overwrite(file, "twO");
        assertDamaged(ref, ": changed; its sha256 is not");
        Files.delete(file);
        assertDamaged(ref, ": missing");
        overwrite(file, secret);
        assertThat(elsewhere().fetch(ref).resolve("deep/two.txt")).hasContent("two");
        Path manifest = bytes(ref, Manifest.FILE, "");
        String text = Files.readString(manifest);
        overwrite(manifest, text.replaceFirst("\":\"....", "\":\"AAAA"));
        assertDamaged(ref, ": changed; the key 'one' does not decrypt it");
        overwrite(manifest, text.replace("\"one\"", "\"two\""));
        assertThatThrownBy(() -> elsewhere().fetch(ref)).isInstanceOf(MissingKeyException.class);
    }

    @Test
    void filesThatAreExchangedAreFound() throws IOException {
        ArtifactRef ref = store.put(content("long", "two"), FENCE); // equal content, other place
        ArtifactRef other = store.put(content("b", "owt"), FENCE);
        Files.copy(bytes(other, "one.txt", "owt"), temp.resolve("exchanged"));
        overwrite(bytes(ref, "one.txt", "two"), Files.readAllBytes(temp.resolve("exchanged")));
        assertDamaged(ref, "one.txt: changed; the key 'one' does not decrypt it");
        store.putRecord("routes/a", "a", FENCE);
        store.putRecord("routes/b", "b", FENCE);
        Path records = root().resolve("records/routes");
        overwrite(records.resolve("a.record"), Files.readAllBytes(records.resolve("b.record")));
        assertThatThrownBy(() -> store.record("routes/a"))
                .isInstanceOf(CorruptArtifactException.class)
                .hasMessageContaining("a.record: changed; the key 'one' does not decrypt it");
    }

    @Test
    void nothingThatIsWrittenIsReadable() throws IOException {
        ArtifactRef ref = store.put(content("c", CANARY), FENCE);
        store.putRecord("results/x", CANARY, FENCE);
        store.checkpoints().commit(FENCE.scope(), 5, into -> Files.writeString(into.resolve("state"), CANARY), FENCE);
        store.fetch(ref);
        store.release(FENCE);

        List<Path> files = filesBelow(root());
        assertThat(files).hasSizeGreaterThan(5);
        for (Path file : files) {
            String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
            assertThat(bytes).as(file.toString()).doesNotContain(CANARY, "sizeBytes");
        }
        assertThat(store.record("results/x")).hasValue(CANARY);
    }

    @Test
    void addressesAreThoseOfAStoreWithoutKeys() throws IOException {
        assertThat(store.put(folder, FENCE)).isEqualTo(new LocalStore(temp.resolve("plain")).put(folder, FENCE));
        assertThat(Files.readAllLines(root().resolve("artifacts")
                        .resolve("x")
                        .resolveSibling(store.put(folder, FENCE).sha256())
                        .resolve(Manifest.FILE)))
                .singleElement()
                .asString()
                .endsWith("\"key\":\"one\"}");
    }

    @Test
    void plainCopiesAreReadOnlyAndOfThisProcessAlone() throws IOException {
        LocalStore own = new LocalStore(root(), new Disk(), StoreKeys.of(temp, scratch(), "one"));
        Path fetched = own.fetch(own.put(folder, FENCE));
        assertThat(fetched).startsWith(scratch()).isNotEqualTo(elsewhere().fetch(own.put(folder, FENCE)));
        assertThat(Files.getPosixFilePermissions(fetched.resolve("one.txt"))).hasSize(1);
        assertThat(own.fetch(own.put(folder, FENCE))).as("made once").isEqualTo(fetched);
        overwrite(fetched.resolve("one.txt"), "0ne");
        assertThat(own.fetch(own.put(folder, FENCE)).resolve("one.txt")).hasContent("one");
    }

    @Test
    void whatIsPlainFromBeforeIsReadAndKept() throws IOException {
        LocalStore before = new LocalStore(root());
        ArtifactRef ref = before.put(folder, FENCE);
        before.putRecord("results/x", "x", FENCE);

        assertThat(store.fetch(ref)).isEqualTo(before.fetch(ref));
        assertThat(store.record("results/x")).hasValue("x");
        assertThat(store.put(folder, FENCE)).isEqualTo(ref);
        assertThat(store.replaceRecord("results/x", java.util.Optional.of("x"), "y", FENCE))
                .isTrue();
        assertThat(root().resolve("records/results/x.record")).content().contains("\"encrypted\"");
    }

    @Test
    void aNewKeyEncryptsAndTheOldOneStillDecrypts() throws IOException {
        ArtifactRef old = store.put(folder, FENCE);
        store.putRecord("results/x", "x", FENCE);
        ArtifactStore rotated = store("one", "two");
        ArtifactRef fresh = rotated.put(content("c", CANARY), FENCE);

        assertThat(rotated.fetch(old).resolve("one.txt")).hasContent("one");
        assertThat(rotated.record("results/x")).hasValue("x");
        assertThat(bytes(fresh, Manifest.FILE, "")).content().contains("\"key\":\"two\"");
        assertThatThrownBy(() -> store.fetch(fresh))
                .isInstanceOf(MissingKeyException.class)
                .hasMessageContainingAll("encrypted with the key 'two', which is not in", "keys-one");
    }

    /** A missing key is no damage: nothing is moved aside. */
    @Test
    void withoutTheKeyItSaysSoAndLeavesEverythingAsItIs() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        store.putRecord("results/x", "x", FENCE);
        ArtifactStore none = new LocalStore(root());
        for (ArtifactStore other : List.of(none, store("two"))) {
            assertThatThrownBy(() -> other.fetch(ref))
                    .isInstanceOf(MissingKeyException.class)
                    .hasMessageContainingAll("manifest.json: is encrypted with the key 'one'");
            assertThatThrownBy(() -> other.record("results/x")).isInstanceOf(MissingKeyException.class);
            assertThatThrownBy(() -> other.put(folder, FENCE)).isInstanceOf(MissingKeyException.class);
            assertThat(other.check(Long.MAX_VALUE, true)).isEqualTo(new ArtifactStore.Checked(1, 1, 1, List.of()));
        }
        store.open(new Fence("x", 1));
        assertThatThrownBy(() -> none.open(new Fence("y", 1)))
                .isInstanceOf(MissingKeyException.class)
                .hasMessageContainingAll(
                        "this store is encrypted, but this process has no keys. Set" + " SEPTET_STORE_KEYS",
                        "remove " + root().resolve("encrypted"));
        assertThat(store.check(Long.MAX_VALUE, true)).isEqualTo(new ArtifactStore.Checked(1, 1, 0, List.of()));
    }

    @Test
    void isChosenByTheEnvironment() throws IOException {
        AtRest keys = StoreKeys.of(temp, temp, "one");
        assertThat(keys.encryption().encrypts()).isTrue();
        ArtifactStore chosen = Stores.open(
                root(),
                Map.of(
                        Setting.STORE_KEYS.variable(),
                        temp.resolve("keys-one.txt").toString(),
                        Setting.STORE_SCRATCH.variable(),
                        scratch().toString()));
        ArtifactRef ref = chosen.put(folder, FENCE);
        assertThat(chosen.scratch(FENCE)).startsWith(scratch());
        assertThat(store.fetch(ref).resolve("one.txt")).hasContent("one");
    }

    @Test
    void aNewKeyReplacesTheOldOneWhileProcessesWithEitherWrite() throws IOException {
        Reencryption.check(this::store, Files.createTempDirectory(temp, "filled"));
    }

    private ArtifactStore store(String... keys) throws IOException {
        Path own = Files.createTempDirectory(temp, "process");
        return new LocalStore(root(), new Disk(), StoreKeys.of(temp, own, keys));
    }

    private Path scratch() {
        return temp.resolve("a scratch folder");
    }

    private Path root() {
        return temp.resolve("store");
    }

    private static void overwrite(Path file, byte[] bytes) throws IOException {
        Files.deleteIfExists(file);
        Files.write(file, bytes);
    }
}
