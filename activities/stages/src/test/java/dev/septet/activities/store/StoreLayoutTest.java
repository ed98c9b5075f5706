package dev.septet.activities.store;

import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Bucket;
import dev.septet.activities.store.bucket.S3Store;
import dev.septet.dsl.Golden;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every path and its bytes after a small use of a store. Stores of earlier versions lie on disks
 * and in buckets: a changed line here means that they are no longer found.
 */
class StoreLayoutTest {
    private static final Fence TRAIN = new Fence("run-1/train", new FencingToken(1_700_000_000_000L, 1));
    private static final Fence OTHER = new Fence("run-2/train", 3);
    private static final Pattern PROCESS =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern CIPHERTEXT = Pattern.compile("[A-Za-z0-9+/]{64,}={0,2}");
    private static final Pattern ETAG = Pattern.compile("[0-9a-f]{32}");

    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    @TempDir
    private Path temp;

    @Test
    void ofAFolder() throws IOException {
        Path root = temp.resolve("store");
        check("folder", used(new LocalStore(root)), root);
    }

    @Test
    void ofAFolderWithKeys() throws IOException {
        Path root = temp.resolve("store");
        check(
                "folder-with-keys",
                used(new LocalStore(root, new Disk(), StoreKeys.of(temp, temp.resolve("plain"), "one"))),
                root,
                temp.resolve("plain"));
    }

    @Test
    void ofABucket() throws IOException {
        bucket("bucket", AtRest.plain());
    }

    @Test
    void ofABucketWithKeys() throws IOException {
        bucket("bucket-with-keys", StoreKeys.of(temp, null, "one"));
    }

    private void bucket(String golden, AtRest atRest) throws IOException {
        S3Address at = BUCKET.address();
        Path local = temp.resolve("copies");
        S3Store store = new S3Store(BUCKET.client(), at, local, atRest, new Disk(), Clock.systemUTC());
        check(golden, used(store), BUCKET.file(at, ""), local);
    }

    private ArtifactStore used(ArtifactStore store) throws IOException {
        store.open(TRAIN);
        store.open(OTHER);
        Path content =
                Files.createDirectories(temp.resolve("content/deep folder")).resolveSibling("");
        Files.writeString(content.resolve("one.txt"), "one");
        Files.writeString(content.resolve("same.txt"), "one");
        Files.writeString(content.resolve("deep folder/two.txt"), "two");
        ArtifactRef ref = store.put(content, TRAIN);
        store.fetch(ref);
        store.putRecord("latest/support bot", "{\"n\":1}", TRAIN);
        store.putRecord("latest/support bot/train", "a", TRAIN);
        store.putRecord("latest/support bot/train", "b", OTHER);
        store.replaceRecord("routes/../ü", Optional.empty(), "c", OTHER);
        store.replaceRecord("routes/../ü", Optional.of("c"), "d", OTHER);
        for (int step = 1; step <= 3; step++) {
            String state = "state of step " + step;
            store.checkpoints()
                    .commit(
                            TRAIN.scope(),
                            step,
                            into -> {
                                Files.writeString(into.resolve("state"), state);
                                Files.writeString(into.resolve("weights"), "weights");
                            },
                            TRAIN);
        }
        store.checkpoints().prune(TRAIN.scope(), 1, Set.of(1), TRAIN);
        store.checkpoints().newestValid(TRAIN.scope());
        Files.writeString(store.scratch(OTHER).resolve("half"), "half");
        return store;
    }

    private void check(String golden, ArtifactStore store, Path... roots) throws IOException {
        StringBuilder text = new StringBuilder("# in use\n").append(listed(roots));
        store.release(TRAIN);
        store.release(OTHER);
        text.append("# after both attempts ended\n").append(listed(roots));
        Golden.check(Path.of("src/test/resources/dev/septet/activities/store", golden + ".txt"), text.toString());
    }

    private String listed(Path... roots) throws IOException {
        Set<String> lines = new TreeSet<>();
        for (Path root : roots) {
            try (Stream<Path> all = Files.walk(root)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    String name = (root.startsWith(temp) ? temp : root)
                            .relativize(file)
                            .toString();
                    lines.add((root.startsWith(temp) ? "" : "bucket/") + named(name) + " = " + shown(file));
                }
            }
        }
        return String.join("\n", lines) + "\n";
    }

    /** A path without what is random in it: new temporary folders are named by numbers. */
    private static String named(String path) {
        return masked(path).replaceAll("(?<=/)[0-9]{12,}(?=/)", "(number)");
    }

    /** A text without the names of processes. */
    private static String masked(String text) {
        return PROCESS.matcher(text).replaceAll("(uuid)");
    }

    /** A file's text; of what is encrypted, its form and length, since ciphertext is random. */
    private static String shown(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.contains("\uFFFD")) {
            return bytes.length + " bytes";
        }
        boolean encrypted = text.contains("encrypted");
        String ciphertexts = !encrypted
                ? text
                : CIPHERTEXT
                        .matcher(text)
                        .replaceAll(found -> "(" + found.group().length() + " digits)");
        String etags = !encrypted ? ciphertexts : ETAG.matcher(ciphertexts).replaceAll("(etag)");
        return masked(etags).replace("\n", "\\n");
    }
}
