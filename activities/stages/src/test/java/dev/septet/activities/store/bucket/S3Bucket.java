package dev.septet.activities.store.bucket;

import dev.septet.activities.store.AtRest;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Manifest;
import dev.septet.activities.store.Sha256;
import dev.septet.activities.store.Storage;
import dev.septet.activities.store.StoreNames;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.services.s3.S3Client;

/** A server with a bucket for the tests of a class; each test takes an address of its own in it. */
public final class S3Bucket implements BeforeAllCallback, AfterAllCallback {
    private final AtomicInteger addresses = new AtomicInteger();
    private @Nullable Path folder;
    private @Nullable S3Gateway gateway;
    private @Nullable S3Client client;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        folder = Files.createTempDirectory("bucket");
        gateway = S3Gateway.start(folder);
        client = gateway.client();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        client().close();
        gateway().close();
        new Disk().remove(Objects.requireNonNull(folder));
    }

    public S3Gateway gateway() {
        return Objects.requireNonNull(gateway);
    }

    public S3Client client() {
        return Objects.requireNonNull(client);
    }

    /** An address where nothing is yet. */
    public S3Address address() {
        return S3Address.of("s3://models/test-" + addresses.getAndIncrement());
    }

    /** A store as a machine sees it that has no copies. */
    public S3Store store(S3Address at, Path temp, AtRest atRest) throws IOException {
        return new S3Store(
                client(), at, Files.createTempDirectory(temp, "machine"), atRest, new Disk(), Clock.systemUTC());
    }

    /** The texts of an address. */
    public Storage storage(S3Address at) {
        return new BucketStorage(new S3Objects(client(), at));
    }

    /** Where the server keeps an artifact's manifest, or its file of this content. */
    public Path artifact(S3Address at, ArtifactRef ref, String path, String content) {
        return file(
                at,
                path.equals(Manifest.FILE) ? "artifacts/" + ref.sha256() + "/" + path : "blobs/" + Sha256.of(content));
    }

    /** Where the server keeps the manifest, or the state, of a checkpoint of attempt 1. */
    public Path checkpoint(S3Address at, String scope, int step, String path) {
        String folder = "checkpoints/" + StoreNames.encoded(scope) + "/";
        return file(
                at,
                folder + (path.equals(Manifest.FILE) ? step + "-1.manifest" : "files-1/" + Sha256.of("step " + step)));
    }

    boolean hasCheckpoints(S3Address at) throws IOException {
        return !new S3Objects(client(), at).names("checkpoints/").isEmpty();
    }

    /** Where the server keeps an object. */
    public Path file(S3Address at, String name) {
        return gateway().file(at.key(name));
    }
}
