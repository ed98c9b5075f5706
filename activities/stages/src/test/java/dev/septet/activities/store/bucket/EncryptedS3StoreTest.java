package dev.septet.activities.store.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.ArtifactStoreContractTest;
import dev.septet.activities.store.AtRest;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.Manifest;
import dev.septet.activities.store.Reencryption;
import dev.septet.activities.store.Sha256;
import dev.septet.activities.store.StoreKeys;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** The same promises of a bucket with keys, and what keys promise. */
class EncryptedS3StoreTest extends ArtifactStoreContractTest {
    private static final String CANARY = "a canary that sings in plain text";

    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    private final S3Address at = BUCKET.address();

    @Override
    protected ArtifactStore elsewhere() throws IOException {
        return store("one");
    }

    @Override
    protected Path bytes(ArtifactRef ref, String path, String content) {
        return BUCKET.artifact(at, ref, path, content);
    }

    @Test
    @Override
    protected void namesTheFileThatIsNotWhatItWas() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        Path file = bytes(ref, "deep/two.txt", "two");
        byte[] secret = Files.readAllBytes(file);
        byte[] changed = secret.clone();
        changed[changed.length - 1] ^= 1;

        Files.write(file, changed);
        assertDamaged(ref, Sha256.of("two") + ": changed; the key 'one' does not decrypt it");
        Files.write(file, java.util.Arrays.copyOf(secret, secret.length - 1));
        assertDamaged(ref, ": has 130 bytes instead of 3");
        overwrite(file, "twO");
        assertDamaged(ref, ": changed; its sha256 is not");
        Files.delete(file);
        assertDamaged(ref, ": missing");
        Files.write(file, Files.readAllBytes(bytes(ref, "one.txt", "one")));
        assertDamaged(ref, ": changed; the key 'one' does not decrypt it");
        Path manifest = bytes(ref, Manifest.FILE, "");
        overwrite(manifest, Files.readString(manifest).replaceFirst("\":\"....", "\":\"AAAA"));
        assertDamaged(ref, ": changed; the key 'one' does not decrypt it");
    }

    @Test
    void nothingInTheBucketIsReadable() throws IOException {
        ArtifactRef ref = store.put(content("c", CANARY), FENCE);
        store.open(FENCE);
        store.putRecord("results/x", CANARY, FENCE);
        store.checkpoints().commit(FENCE.scope(), 5, into -> Files.writeString(into.resolve("state"), CANARY), FENCE);

        List<String> names = new S3Objects(BUCKET.client(), at).names("");
        assertThat(names).hasSizeGreaterThan(7).contains("encrypted");
        for (String name : names) {
            String bytes = Files.readString(BUCKET.file(at, name), StandardCharsets.ISO_8859_1);
            assertThat(bytes).as(name).doesNotContain(CANARY, "sizeBytes");
        }
        assertThat(elsewhere().fetch(ref).resolve("one.txt")).hasContent(CANARY);
        assertThat(elsewhere().record("results/x")).hasValue(CANARY);
    }

    @Test
    void whatIsPlainFromBeforeIsReadAndBlobsAreEncryptedWhenTheyComeAgain() throws IOException {
        ArtifactStore before =
                new S3Store(BUCKET.client(), at, temp.resolve("before"), AtRest.plain(), new Disk(), Clock.systemUTC());
        ArtifactRef ref = before.put(folder, FENCE);
        before.putRecord("results/x", "x", FENCE);

        assertThat(store.fetch(ref).resolve("one.txt")).hasContent("one");
        assertThat(store.record("results/x")).hasValue("x");
        assertThat(store.put(folder, FENCE)).isEqualTo(ref);
        assertThat(bytes(ref, "one.txt", "one")).hasSize(131);
        assertThat(elsewhere().fetch(ref).resolve("one.txt")).hasContent("one");
    }

    @Test
    void aNewKeyEncryptsAndAMissingOneIsNamed() throws IOException {
        ArtifactRef old = store.put(folder, FENCE);
        store.putRecord("results/x", "x", FENCE);
        assertThat(store("one", "two").fetch(old).resolve("one.txt")).hasContent("one");
        ArtifactStore none =
                new S3Store(BUCKET.client(), at, temp.resolve("none"), AtRest.plain(), new Disk(), Clock.systemUTC());
        for (ArtifactStore other : List.of(none, store("two"))) {
            assertThatThrownBy(() -> other.fetch(old))
                    .isInstanceOf(MissingKeyException.class)
                    .hasMessageContaining("manifest.json: is encrypted with the key 'one'");
            assertThatThrownBy(() -> other.record("results/x")).isInstanceOf(MissingKeyException.class);
            assertThat(other.check(Long.MAX_VALUE, true)).isEqualTo(new ArtifactStore.Checked(1, 1, 1, List.of()));
        }
        store.open(new Fence("x", 1));
        assertThatThrownBy(() -> none.open(new Fence("y", 1)))
                .hasMessageContaining("this store is encrypted, but this process has no keys");
    }

    /** Another process encrypts a file between the two requests of one that fetches it. */
    @Test
    void whatIsEncryptedWhileItIsFetchedIsFetchedAgain() throws IOException {
        ArtifactRef ref = BUCKET.store(at, temp, AtRest.plain()).put(folder, FENCE);
        try (S3Client watched = BUCKET.gateway().client(encryptingBeforeTheDownload())) {
            assertThat(new S3Store(
                                    watched,
                                    at,
                                    temp.resolve("reader"),
                                    StoreKeys.of(temp, null, "one"),
                                    new Disk(),
                                    Clock.systemUTC())
                            .fetch(ref)
                            .resolve("deep/two.txt"))
                    .hasContent("two");
        }
        assertThat(bytes(ref, "one.txt", "one")).hasSize(131);
    }

    @Test
    void whatIsEncryptedWhileAProcessWithoutKeysFetchesIsNoDamage() throws IOException {
        ArtifactRef ref = BUCKET.store(at, temp, AtRest.plain()).put(folder, FENCE);
        try (S3Client watched = BUCKET.gateway().client(encryptingBeforeTheDownload())) {
            S3Store reader =
                    new S3Store(watched, at, temp.resolve("reader"), AtRest.plain(), new Disk(), Clock.systemUTC());
            assertThatThrownBy(() -> reader.fetch(ref))
                    .isInstanceOf(MissingKeyException.class)
                    .hasMessageContaining("blobs/" + Sha256.of("two"));
        }
    }

    private ExecutionInterceptor encryptingBeforeTheDownload() {
        AtomicBoolean done = new AtomicBoolean();
        return new ExecutionInterceptor() {
            @Override
            public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
                if (context.request() instanceof GetObjectRequest get
                        && get.key().contains("/blobs/")
                        && !done.getAndSet(true)) {
                    try {
                        store.put(folder, FENCE);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        };
    }

    /** The encrypted form lies beside the plain one for a moment: names of files are free. */
    @Test
    void filesMayHaveAnyNames() throws IOException {
        Path content = Files.createDirectories(temp.resolve("names"));
        String longest = "n".repeat(255);
        for (String name : List.of("a", "a.encrypted", "a.encrypted.encrypted", longest)) {
            Files.writeString(content.resolve(name), "content of " + name);
        }
        ArtifactRef ref = store.put(content, FENCE);
        CheckpointStore.Writer writer = into -> Manifest.copy(Manifest.filesBelow(content), into, new Disk());
        store.checkpoints().commit(FENCE.scope(), 5, writer, FENCE);

        ArtifactStore other = elsewhere();
        Path checkpoint = other.checkpoints().at(FENCE.scope(), 5).orElseThrow().folder();
        for (Path fetched : List.of(other.fetch(ref), checkpoint)) {
            for (String name : List.of("a", "a.encrypted", "a.encrypted.encrypted", longest)) {
                assertThat(fetched.resolve(name)).hasContent("content of " + name);
            }
        }
    }

    /** S3 wants parts of 5 MiB; what another began is not gone on with: its salt is another. */
    @Test
    void aLargeFileGoesInPartsOfItsOwn() throws IOException {
        Path large = temp.resolve("large");
        Files.write(large, new byte[(11 << 20) + 3]);
        S3Objects objects = new S3Objects(BUCKET.client(), at);
        S3Upload parts = new S3Upload(objects, 5 << 20);
        BUCKET.client()
                .createMultipartUpload(request -> request.bucket(at.bucket()).key(at.key("blobs/x")));

        parts.sendAlone("blobs/x", large, Manifest.entry("large", large));

        assertThat(BUCKET.file(at, "blobs/x")).hasSameBinaryContentAs(large);
    }

    @Test
    void aNewKeyReplacesTheOldOneWhileProcessesWithEitherWrite() throws IOException {
        Reencryption.check(this::store, Files.createTempDirectory(temp, "filled"));
    }

    private ArtifactStore store(String... keys) throws IOException {
        return BUCKET.store(at, temp, StoreKeys.of(temp, null, keys));
    }
}
