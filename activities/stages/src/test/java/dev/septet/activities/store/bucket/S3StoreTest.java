package dev.septet.activities.store.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.quota.Period;
import dev.septet.activities.quota.Quota;
import dev.septet.activities.quota.UsageRecords;
import dev.septet.activities.quota.UsedKind;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.ArtifactStoreContractTest;
import dev.septet.activities.store.AtRest;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Stores;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

class S3StoreTest extends ArtifactStoreContractTest {
    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    private final S3Address at = BUCKET.address();

    @Override
    protected ArtifactStore elsewhere() throws IOException {
        return BUCKET.store(at, temp, AtRest.plain());
    }

    @Override
    protected Path bytes(ArtifactRef ref, String path, String content) {
        return BUCKET.artifact(at, ref, path, content);
    }

    /** An upload skips a file that exists. A removal of the file's only artifact may take it before the new manifest exists. */
    @Test
    void anUploadSendsAgainWhatARemovalTook() throws IOException {
        Path same = Files.writeString(temp.resolve("same.txt"), "the same in both");
        ArtifactRef removed = store.put(Map.of("same.txt", same), FENCE);
        Path other = Files.writeString(temp.resolve("other.txt"), "another");
        AtomicBoolean done = new AtomicBoolean();
        ExecutionInterceptor removing = new ExecutionInterceptor() {
            @Override
            public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
                if (context.request() instanceof PutObjectRequest put
                        && put.key().contains("artifacts/")
                        && !done.getAndSet(true)) {
                    try {
                        store.remove(removed, FENCE);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        };
        try (S3Client watched = BUCKET.gateway().client(removing)) {
            ArtifactRef ref = new S3Store(
                            watched, at, temp.resolve("uploader"), AtRest.plain(), new Disk(), Clock.systemUTC())
                    .put(Map.of("same.txt", same, "other.txt", other), FENCE);
            assertThat(done).isTrue();
            ArtifactStore reader =
                    new S3Store(watched, at, temp.resolve("reader"), AtRest.plain(), new Disk(), Clock.systemUTC());
            assertThat(reader.fetch(ref).resolve("same.txt")).hasContent("the same in both");
        }
    }

    /** Two processes use an old artifact at the same time: the second one's write is refused, and nothing is removed. */
    @Test
    void usesAtTheSameTimeDoNotLookLikeARemoval() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        age(ref, Duration.ofHours(3));
        AtomicBoolean done = new AtomicBoolean();
        ExecutionInterceptor using = before(
                request -> request instanceof PutObjectRequest put && put.key().endsWith("/manifest.json"), () -> {
                    if (!done.getAndSet(true)) {
                        // The same bytes would keep the etag: another process has replaced the object by another form.
                        Path manifest = bytes(ref, "manifest.json", "");
                        BUCKET.client()
                                .putObject(
                                        request -> request.bucket(at.bucket())
                                                .key(at.key("artifacts/" + ref.sha256() + "/manifest.json")),
                                        RequestBody.fromString(Files.readString(manifest) + " "));
                    }
                });
        try (S3Client watched = BUCKET.gateway().client(using)) {
            new S3Store(watched, at, temp.resolve("second"), AtRest.plain(), new Disk(), Clock.systemUTC()).renew(ref);
        }
        assertThat(done).isTrue();
    }

    @Test
    void aUseWaitsForAnAnnouncedRemovalAndPassesOverThatOfAKilledProcess() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        String name = "artifacts/" + ref.sha256() + "/removal";
        S3Objects objects = new S3Objects(BUCKET.client(), at);
        var unused = objects.putIf(name, new byte[] {1}, null);
        Files.setLastModifiedTime(
                BUCKET.file(at, name), FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        elsewhere().renew(ref);
        assertThat(objects.etag(name)).isNull();

        unused = objects.putIf(name, new byte[] {1}, null);
        AtomicInteger looks = new AtomicInteger();
        ExecutionInterceptor removing = before(
                request ->
                        request instanceof HeadObjectRequest head && head.key().endsWith("/removal"),
                () -> {
                    if (looks.incrementAndGet() == 2) {
                        store.remove(ref, FENCE);
                        objects.delete(name);
                    }
                });
        try (S3Client watched = BUCKET.gateway().client(removing)) {
            S3Store user =
                    new S3Store(watched, at, temp.resolve("user"), AtRest.plain(), new Disk(), Clock.systemUTC());
            assertThatThrownBy(() -> user.renew(ref))
                    .isInstanceOf(CorruptArtifactException.class)
                    .hasMessageContaining("missing; it was removed");
        }
        assertThat(looks).hasValue(2);
    }

    @Test
    void aRemovalThatFailsLeavesNoAnnouncement() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        ExecutionInterceptor failing = before(
                request -> request instanceof DeleteObjectRequest delete
                        && delete.key().contains("/blobs/"),
                () -> {
                    throw new IOException("the network is down");
                });
        try (S3Client watched = BUCKET.gateway().client(failing)) {
            S3Store collector =
                    new S3Store(watched, at, temp.resolve("gc"), AtRest.plain(), new Disk(), Clock.systemUTC());
            assertThatThrownBy(() -> collector
                            .contents()
                            .removeArtifact(ref.sha256(), Instant.now().plusSeconds(60), FENCE))
                    .hasMessageContaining("the network is down");
        }
        assertThat(new S3Objects(BUCKET.client(), at).etag("artifacts/" + ref.sha256() + "/removal"))
                .isNull();
        assertThat(elsewhere().fetch(ref).resolve("one.txt")).hasContent("one");
    }

    /** Fences of records stay for a month in a bucket, and each process lists them every hour. */
    @Test
    void manyRecordsOfUseShareFewFences() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> writing = new ArrayList<>();
            for (int worker = 0; worker < 4; worker++) {
                UsageRecords usage = new UsageRecords(elsewhere());
                String last = "-" + worker;
                writing.add(workers.submit(() -> {
                    for (int number = 0; number < 10; number++) {
                        String key = (number % 2 == 0 ? "aa" : "bb") + number + last;
                        usage.put("search", key, new UsageRecords.Entry("bot", "run-1", "Prepare", 5, 5, 7, 0), 5);
                    }
                    return null;
                }));
            }
            for (Future<?> one : writing) {
                one.get();
            }
        } finally {
            workers.shutdownNow();
        }

        Quota tokens = new Quota(UsedKind.TOKENS, 1, Period.DAY, ZoneOffset.UTC);
        assertThat(new UsageRecords(elsewhere())
                        .reading()
                        .used("search", tokens, Period.DAY.around(5, ZoneOffset.UTC), 9))
                .isEqualTo(4 * 10 * 7);
        assertThat(new S3Objects(BUCKET.client(), at).names("fences/")).hasSize(2);
    }

    private void age(ArtifactRef ref, Duration age) throws IOException {
        Files.setLastModifiedTime(
                bytes(ref, "manifest.json", ""), FileTime.from(Instant.now().minus(age)));
    }

    /** Does something before each request of a kind. */
    private static ExecutionInterceptor before(Predicate<SdkRequest> requests, Deed deed) {
        return new ExecutionInterceptor() {
            @Override
            public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
                if (requests.test(context.request())) {
                    try {
                        deed.run();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        };
    }

    private interface Deed {
        void run() throws IOException;
    }

    @Test
    void fetchesOnceAndThenFromItsOwnCopy() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        ArtifactStore other = elsewhere();
        Path copy = other.fetch(ref);
        Files.delete(bytes(ref, "one.txt", "one"));
        assertThat(other.fetch(ref)).isEqualTo(copy);
        assertThat(store.fetch(ref).resolve("one.txt")).hasContent("one");
    }

    @Test
    void replacesItsOwnCopyWhenThatIsDamaged() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        overwrite(store.fetch(ref).resolve("one.txt"), "0ne");
        assertThat(store.fetch(ref).resolve("one.txt")).hasContent("one");
    }

    @Test
    void replacesACopyWhoseRemovalWasInterrupted() throws IOException {
        ArtifactRef ref = store.put(folder, FENCE);
        Path copy = store.fetch(ref);
        overwrite(copy.resolve("one.txt"), "0ne");
        Files.delete(copy.resolveSibling("manifest.json"));
        assertThat(store.fetch(ref).resolve("one.txt")).hasContent("one");
    }

    @Test
    void saysWhatIsWrongWithBucketAndKey() {
        ArtifactStore nowhere = new S3Store(
                BUCKET.client(),
                S3Address.of("s3://no-such-bucket"),
                temp,
                AtRest.plain(),
                new Disk(),
                Clock.systemUTC());
        assertThatThrownBy(() -> nowhere.record("x"))
                .isInstanceOf(IOException.class)
                .hasMessage("s3://no-such-bucket/records/x.record: the object store answers 404"
                        + " NoSuchBucket; create the bucket, or correct its name");
        Map<String, String> wrong = new java.util.TreeMap<>(BUCKET.gateway().environment());
        wrong.put("AWS_SECRET_ACCESS_KEY", "another");
        wrong.put("SEPTET_STORE", "s3://models/x");
        assertThatThrownBy(() -> Stores.open(temp.resolve("store"), wrong).record("x"))
                .hasMessageContaining("the object store answers 403 SignatureDoesNotMatch; check")
                .hasMessageNotContaining("another");
        wrong.put("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        assertThatThrownBy(() -> Stores.open(temp.resolve("store"), wrong).record("x"))
                .hasMessageContaining("check the network, AWS_ENDPOINT_URL");
    }

    @Test
    void isChosenByTheEnvironment() throws IOException {
        Map<String, String> environment =
                new java.util.TreeMap<>(BUCKET.gateway().environment());
        assertThat(Stores.open(temp, environment)).isInstanceOf(LocalStore.class);
        environment.put("SEPTET_STORE", temp.resolve("other").toString());
        assertThat(((LocalStore) Stores.open(temp, environment)).root()).isEqualTo(temp.resolve("other"));
        environment.put("SEPTET_STORE", "s3://models/" + at.prefix());
        ArtifactRef ref = store.put(folder, FENCE);
        assertThat(Stores.open(temp.resolve("state/store"), environment).fetch(ref))
                .startsWith(temp.resolve("state/store-copies"));
        environment.put("SEPTET_STORE_CACHE_GB", "lots");
        assertThatThrownBy(() -> Stores.open(temp, environment))
                .hasMessage("SEPTET_STORE_CACHE_GB is a whole number of gigabytes such as 50, got" + " 'lots'");
        for (String address : java.util.List.of("s3:/x", "s3://A", "s3://models/../x", "s3://m")) {
            environment.put("SEPTET_STORE", address);
            assertThatThrownBy(() -> Stores.open(temp, environment))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + address + "'");
        }
    }
}
