package dev.septet.activities.source.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.prepare.SourceRun;
import dev.septet.activities.source.RemoteRun;
import dev.septet.activities.source.RemoteSources;
import dev.septet.activities.source.ReviewedFile;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.store.bucket.S3Bucket;
import dev.septet.dsl.pipeline.prepare.BucketFilesSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.workflows.FailureType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** Dataset files in a real S3-compatible server. */
class BucketFilesTest {
    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    private static final AtomicInteger TESTS = new AtomicInteger();

    @TempDir
    Path folder;

    private final String prefix = "test-" + TESTS.getAndIncrement() + "/";

    @BeforeEach
    void publish() throws IOException {
        put("part-1.jsonl", row(1));
        put("part-2.jsonl.gz", gzip(row(2)));
        put("part-10.jsonl", row(10));
        put(".part-0.jsonl", row(0));
        put("notes.txt", "no rows".getBytes(StandardCharsets.UTF_8));
        put("more/part-3.jsonl", row(3));
    }

    private void put(String name, byte[] bytes) {
        BUCKET.client().putObject(request -> request.bucket("models").key(prefix + name), RequestBody.fromBytes(bytes));
    }

    private static byte[] row(int number) {
        return String.format(Locale.ROOT, "{\"prompt\":\"q %d\",\"completion\":\"a\"}\n", number)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }

    private static String operator(int port, String bucket, String more) {
        return String.format(Locale.ROOT, """
            buckets:
              warehouse:
                bucket: %s
                region: us-east-1
                endpoint: http://127.0.0.1:%d
                key: WAREHOUSE_KEY_ID
                secret: WAREHOUSE_SECRET
                pipelines: [p]
            %s
            """, bucket, port, more);
    }

    private RemoteRun run() {
        return run(operator(BUCKET.gateway().port(), "models", ""), "septet-secret");
    }

    private RemoteRun run(String operator, String secret) {
        return new RemoteRun(folder, Map.of("WAREHOUSE_KEY_ID", "septet", "WAREHOUSE_SECRET", secret), operator);
    }

    private String dataset(String path) {
        return "dataset s3('warehouse', path: '%s')".formatted(prefix + path);
    }

    private static void fails(ThrowingCallable read, FailureType type, String... words) {
        assertThatThrownBy(read).isInstanceOfSatisfying(StageProblem.class, problem -> {
            assertThat(problem.type()).isEqualTo(type);
            assertThat(problem.getMessage()).contains(words);
        });
    }

    @Test
    void readsTheMatchingObjectsInTheOrderOfTheirKeys() throws IOException {
        SourceRun run = run().prepare(dataset("part-*"));
        assertThat(run.rows())
                .extracting(row -> row.place().toString())
                .containsExactlyInAnyOrder(
                        "s3:warehouse/" + prefix + "part-1.jsonl:1",
                        "s3:warehouse/" + prefix + "part-10.jsonl:1",
                        "s3:warehouse/" + prefix + "part-2.jsonl.gz:1");
        assertThat(run().resolve(dataset("")).files())
                .extracting(file -> file.name())
                .containsExactly(
                        "s3:warehouse/" + prefix + "part-1.jsonl",
                        "s3:warehouse/" + prefix + "part-10.jsonl",
                        "s3:warehouse/" + prefix + "part-2.jsonl.gz");
        assertThat(run().texts(dataset("more/part-3.jsonl")))
                .containsExactly(new String(row(3), StandardCharsets.UTF_8));
    }

    /** A plan leaves no copy of the rows behind. */
    @Test
    void theCopiesOfAPreviewAreRemoved() throws IOException {
        Path operator = Files.writeString(
                folder.resolve("operator.yaml"), operator(BUCKET.gateway().port(), "models", ""));
        Path copy;
        try (RemoteSources remote = RemoteSources.temporary(
                Map.of(
                        "SEPTET_TRAINERS",
                        operator.toString(),
                        "WAREHOUSE_KEY_ID",
                        "septet",
                        "WAREHOUSE_SECRET",
                        "septet-secret"),
                ReviewedFile.NONE)) {
            SourceResolver resolver =
                    SourceResolver.withoutPipelines(SourceRun.files(folder)).with(remote);
            PrepareSpec spec = SourceRun.spec(dataset("part-1.jsonl"));
            copy = resolver.resolve(SourceRun.run(folder), spec).files().get(0).path();
            assertThat(copy).hasBinaryContent(row(1));
            assertThat(resolver.resolve(SourceRun.run(folder), spec)
                            .files()
                            .get(0)
                            .path())
                    .isEqualTo(copy);
        }
        assertThat(copy).doesNotExist();
        assertThat(Path.of(copy.toString().replaceFirst("source-0.*", ""))).doesNotExist();
    }

    @Test
    void theCardNamesTheSourceAndItsFiles() throws IOException {
        SourceRun run = run().prepare(dataset("part-*") + ", licence: 'cc0-1.0'");
        assertThat(run.card().sources()).singleElement().satisfies(source -> {
            assertThat(source.name()).isEqualTo("s3:warehouse/" + prefix + "part-*");
            assertThat(source.files()).isEqualTo(3);
            assertThat(source.rows().kept()).isEqualTo(3);
        });
    }

    @Test
    void aMissingObjectIsNamed() {
        fails(
                () -> run().resolve(dataset("none.jsonl")),
                FailureType.INVALID_PIPELINE,
                "s3:warehouse/" + prefix + "none.jsonl",
                "has no object with this key; correct `path:`");
        fails(
                () -> run().resolve(dataset("none-*.jsonl")),
                FailureType.INVALID_PIPELINE,
                "no object of bucket models at http://127.0.0.1:",
                "0 keys begin with '" + prefix + "none-'");
        fails(() -> run().resolve(dataset("notes*")), FailureType.INVALID_PIPELINE, "1 keys begin with");
    }

    @Test
    void aMissingBucketIsTheOperatorsMistake() {
        RemoteRun other = run(operator(BUCKET.gateway().port(), "nowhere", ""), "septet-secret");
        for (String path : List.of("part-1.jsonl", "part-*")) {
            fails(
                    () -> other.resolve(dataset(path)),
                    FailureType.POLICY_DENIED,
                    "has no bucket nowhere; the operator corrects `bucket:` or `endpoint:`");
        }
    }

    @Test
    void wrongCredentialsAreTheOperatorsMistake() {
        RemoteRun other = run(operator(BUCKET.gateway().port(), "models", ""), "wrong");
        for (String path : List.of("part-1.jsonl", "part-*")) {
            fails(
                    () -> other.resolve(dataset(path)),
                    FailureType.POLICY_DENIED,
                    "refuses the operator's credentials (403",
                    "check WAREHOUSE_KEY_ID and WAREHOUSE_SECRET");
        }
        RemoteRun none = new RemoteRun(folder, Map.of(), operator(1, "models", ""));
        fails(
                () -> none.resolve(dataset("part-*")),
                FailureType.POLICY_DENIED,
                "the worker has no environment variable WAREHOUSE_KEY_ID");
    }

    @Test
    void anObjectThatChangesWhileItIsReadIsNamed() throws IOException {
        byte[] large = "{\"prompt\":\"q\",\"completion\":\"a\"}\n".repeat(1000).getBytes(StandardCharsets.UTF_8);
        for (boolean removed : List.of(true, false)) {
            put("seen/a.jsonl", large);
            put("seen/b.jsonl", large);
            fails(
                    () -> download("seen/", (done, total) -> {
                        if (removed) {
                            BUCKET.client()
                                    .deleteObject(
                                            request -> request.bucket("models").key(prefix + "seen/b.jsonl"));
                        } else {
                            put("seen/b.jsonl", row(1));
                        }
                    }),
                    FailureType.BACKEND_FAILED,
                    "s3:warehouse/%sseen/b.jsonl': was %s while it was read"
                            .formatted(prefix, removed ? "removed" : "replaced"));
        }
    }

    private List<BucketFiles.Downloaded> download(String path, BucketFiles.Listener listener) throws IOException {
        Path operator = Files.writeString(
                folder.resolve("operator.yaml"), operator(BUCKET.gateway().port(), "models", ""));
        return new BucketFiles(new DeclaredBuckets(
                        operator, Map.of("WAREHOUSE_KEY_ID", "septet", "WAREHOUSE_SECRET", "septet-secret")))
                .download(
                        new BucketFilesSpec("warehouse", prefix + path),
                        "p",
                        Files.createTempDirectory(folder, "copies"),
                        listener);
    }

    @Test
    void aCutTransferContinuesWhereItStopped() throws IOException {
        String text = "{\"prompt\":\"q\",\"completion\":\"a\"}\n".repeat(50_000);
        put("large.jsonl", text.getBytes(StandardCharsets.UTF_8));
        try (CuttingProxy proxy = new CuttingProxy(BUCKET.gateway().port(), 3, 300_000, "")) {
            assertThat(run(operator(proxy.port(), "models", ""), "septet-secret")
                            .texts(dataset("large.jsonl")))
                    .containsExactly(text);
        }
        try (CuttingProxy proxy = new CuttingProxy(BUCKET.gateway().port(), 1000, 300_000, "")) {
            fails(
                    () -> run(operator(proxy.port(), "models", ""), "septet-secret")
                            .texts(dataset("large.jsonl")),
                    FailureType.BACKEND_FAILED,
                    "large.jsonl': the transfer broke off 5 times, at last after",
                    "of 1,600,000 bytes");
        }
    }

    @Tag("long")
    @Test
    void aBusyServiceMayAnswerTheNextAttempt() throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(BUCKET.gateway().port(), 0, 0, "503 Slow Down")) {
            fails(
                    () -> run(operator(proxy.port(), "models", ""), "septet-secret")
                            .texts(dataset("part-1.jsonl")),
                    FailureType.BACKEND_FAILED,
                    String.format(Locale.ROOT, "http://127.0.0.1:%d answers 503", proxy.port()));
            assertThat(proxy.connections.get()).isGreaterThan(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "pipelines: [p] | pipelines: [other] | does not let pipeline 'p' read this bucket",
                "pipelines: [p] | pipelines: [] | pipelines: expected the names of the pipelines that may read it",
                "pipelines: [p] | prefixes: [other/]\\n    pipelines: ['*'] | allows only keys that begin with other/",
                "warehouse: | archive: | has no bucket 'warehouse' in `buckets:`; it has archive",
                "http:// | ftp:// | endpoint: expected an address that begins with https://",
                "secret: WAREHOUSE_SECRET | token: A | `key:` and `secret:` belong together",
                "key: WAREHOUSE_KEY_ID | key: 'AKIA 123' | key: expected the name of an environment variable",
                "region: us-east-1 | region: 'US East' | region: expected a region such as eu-central-1",
                "bucket: models | bucket: s3://models | bucket: expected the name of the bucket",
                "region: us-east-1 | zone: a | has no `zone`",
            })
    void theOperatorDecides(String from, String to, String why) {
        String operator = operator(BUCKET.gateway().port(), "models", "").replace(from, to.replace("\\n", "\n"));
        fails(() -> run(operator, "septet-secret").resolve(dataset("part-*")), FailureType.POLICY_DENIED, why);
    }

    @Test
    void withoutAnOperatorsFileNoBucketIsRead() {
        assertThatThrownBy(() -> new DeclaredBuckets(null, Map.of())
                        .bucket(new BucketFilesSpec("warehouse", "a.jsonl"), "p", "a.jsonl"))
                .hasMessage("dataset s3('warehouse', path: 'a.jsonl'): this worker allows no buckets; its operator"
                        + " declares them in a file and sets SEPTET_TRAINERS to its path");
    }
}
