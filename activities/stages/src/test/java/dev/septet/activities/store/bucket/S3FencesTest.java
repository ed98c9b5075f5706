package dev.septet.activities.store.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencedException;
import dev.septet.activities.store.FencingToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** Writers that are stopped between any two requests, woken later, or answered not at all. */
class S3FencesTest {
    private static final Fence FIRST = new Fence("run/train", 1);
    private static final Fence SECOND = new Fence("run/train", 2);

    private static S3Gateway gateway;
    private static S3Client client;
    private static int places;

    private final S3Address at = S3Address.of("s3://models/fences-" + places++);
    private S3Objects objects;

    @BeforeAll
    static void serve(@TempDir Path folder) throws Exception {
        gateway = S3Gateway.start(folder);
        client = gateway.client();
    }

    @AfterAll
    static void stop() {
        client.close();
        gateway.close();
    }

    @BeforeEach
    void open() {
        objects = new S3Objects(client, at);
    }

    @Test
    void writesWhatWasDecidedBeforeItsWriterDied() throws IOException {
        decide("x", "decided", null, 1);
        assertThat(objects.read("x")).isEmpty();

        new S3Fences(objects).open(SECOND);
        assertThat(text("x")).isEqualTo("decided");
    }

    @Test
    void refusesTheWriteOfASleeperThatWakesAfterItsSuccessorWrote() throws IOException {
        decide("x", "decided", null, 1);
        S3Fences successor = new S3Fences(objects);
        successor.open(SECOND);
        successor.commit(SECOND, "x", (stamp, before) -> "newer " + stamp);

        assertThat(objects.putIf("x", "decided".getBytes(StandardCharsets.UTF_8), null))
                .isNull(); // the sleeper's write
        assertThat(text("x")).isEqualTo("newer run/train#2#3");
        assertThatThrownBy(() -> new S3Fences(objects).commit(FIRST, "x", (stamp, before) -> "again"))
                .isInstanceOf(FencedException.class);
    }

    @Test
    void refusesItAlsoWhereTheOldTextIsBack() throws IOException {
        S3Fences first = new S3Fences(objects);
        first.open(FIRST);
        first.commit(FIRST, "x", (stamp, before) -> "a " + stamp);
        String old = objects.etag("x");
        decide("x", "b", old, 3);
        S3Fences successor = new S3Fences(objects);
        successor.open(SECOND);
        successor.commit(SECOND, "x", (stamp, before) -> "a " + stamp);

        assertThat(objects.putIf("x", "b".getBytes(StandardCharsets.UTF_8), old))
                .isNull();
        assertThat(text("x")).startsWith("a run/train#2");
    }

    @Test
    void leavesAnotherScopesWriteAlone() throws IOException {
        decide("x", "decided", null, 1);
        new S3Fences(objects).commit(new Fence("by hand", 1), "x", (stamp, before) -> "by hand");
        new S3Fences(objects).open(SECOND);
        assertThat(text("x")).isEqualTo("by hand"); // ours counts as written just before
    }

    @Test
    void readsTheFenceOfAnEarlierVersion() throws IOException {
        String old = "{\"attempt\":2,\"sequence\":5,\"writer\":\"w\"}";
        assertThat(objects.putIf("fences/run%2ftrain.json", old.getBytes(StandardCharsets.UTF_8), null))
                .isNotNull();
        S3Fences fences = new S3Fences(objects);
        assertThatThrownBy(() -> fences.open(FIRST)).isInstanceOf(FencedException.class);
        fences.open(new Fence("run/train", new FencingToken(1_000, 1)));
        assertThatThrownBy(() -> new S3Fences(objects).check(SECOND)).isInstanceOf(FencedException.class);
    }

    @Test
    void saysWhatADamagedFenceIs() throws IOException {
        assertThat(objects.putIf("fences/run%2ftrain.json", "{".getBytes(StandardCharsets.UTF_8), null))
                .isNotNull();
        assertThatThrownBy(() -> new S3Fences(objects).open(FIRST))
                .hasMessageContaining("fences/run%2ftrain.json: is not a fence; remove it when");
    }

    @Test
    void letsExactlyTheNewestOfManyAttemptsWrite() throws Exception {
        Random order = new Random(20261125);
        ExecutorService pool = Executors.newFixedThreadPool(6);
        try {
            for (int round = 0; round < 5; round++) {
                String scope = "race-" + round;
                List<Callable<Boolean>> attempts = new ArrayList<>();
                for (int i = 1; i <= 6; i++) {
                    Fence fence = new Fence(scope, i);
                    S3Fences own = new S3Fences(objects);
                    attempts.add(() -> wrote(own, fence));
                }
                java.util.Collections.shuffle(attempts, order);
                for (Future<Boolean> attempt : pool.invokeAll(attempts)) {
                    attempt.get();
                }
                // The sixth is never refused, and nobody writes after it.
                assertThat(text(scope)).startsWith(scope + "#6#");
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static boolean wrote(S3Fences fences, Fence fence) throws IOException {
        try {
            fences.open(fence);
            for (int i = 0; i < 3; i++) {
                fences.commit(fence, fence.scope(), (stamp, before) -> stamp);
            }
            return true;
        } catch (FencedException overtaken) {
            assertThat(fence.attempt()).isLessThan(6);
            return false;
        }
    }

    /** Attempt 1 decides a commit and is stopped before it writes. */
    private void decide(String name, String text, @Nullable String expected, long sequence) throws IOException {
        String json = String.format(
                Locale.ROOT,
                """
            {"attempt":1,"sequence":%d,"writer":"stopped","pending":\
            {"name":"%s","text":"%s"%s}}\
            """,
                sequence,
                name,
                text,
                expected == null ? "" : ",\"expected\":\"" + expected.replace("\"", "\\\"") + "\"");
        String fence = "fences/run%2ftrain.json";
        assertThat(objects.putIf(fence, json.getBytes(StandardCharsets.UTF_8), objects.etag(fence)))
                .isNotNull();
    }

    private String text(String name) throws IOException {
        return objects.read(name).orElseThrow().text();
    }
}
