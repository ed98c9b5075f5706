package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.EarlierVersions;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stores that earlier versions wrote: artifacts, records and checkpoints are found, and this version writes to the store. The
 * version in the name of a folder wrote its store, which never changes afterwards. A release adds a folder:
 * {@code -Dgolden.update=true} writes that of the version in the root pom if it is missing.
 */
class EarlierStoreTest {
    private static final Fence BEFORE = new Fence("run-1/train", new FencingToken(1_700_000_000_000L, 1));
    private static final Fence NOW = new Fence("run-1/train", new FencingToken(1_800_000_000_000L, 1));
    private static final String DIGEST = "c0e16a5f2bef8d3b7b976af7e6c31b8dd36c71e8fe79310c40807842f43b704b";
    private static final ArtifactRef REF = new ArtifactRef(ArtifactStore.SCHEME + DIGEST, DIGEST, 6);

    @TempDir
    private Path temp = Path.of("");

    @Test
    void isReadAndWritten() throws IOException {
        write(EarlierVersions.recorded().resolve("store"));
        for (Path version : EarlierVersions.all()) {
            LocalStore store = new LocalStore(
                    EarlierVersions.copied(version.resolve("store"), temp.resolve(version.getFileName())));
            assertThat(store.holds(REF)).as("%s", version).isTrue();
            Path folder = store.fetch(REF);
            assertThat(folder.resolve("one.txt")).hasContent("one");
            assertThat(folder.resolve("deep folder/two.txt")).hasContent("two");
            assertThat(store.record("latest/support bot")).contains("{\"n\":1}");
            assertThat(store.records("latest/")).containsExactly("latest/support bot", "latest/support bot/train");

            var newest = store.checkpoints().newestValid(BEFORE.scope());
            assertThat(newest.damaged()).isEmpty();
            assertThat(newest.checkpoint()).hasValueSatisfying(found -> {
                assertThat(found.step()).isEqualTo(3);
                assertThat(found.folder().resolve("state")).hasContent("state of step 3");
            });

            store.open(NOW);
            assertThat(store.put(content("again"), NOW))
                    .as("equal content, equal reference")
                    .isEqualTo(REF);
            store.putRecord("latest/support bot", "{\"n\":2}", NOW);
            assertThat(store.record("latest/support bot")).contains("{\"n\":2}");
            store.release(NOW);
        }
    }

    private void write(Path root) throws IOException {
        if (!Boolean.getBoolean("golden.update") || Files.exists(root)) {
            return;
        }
        LocalStore store = new LocalStore(root);
        store.open(BEFORE);
        assertThat(store.put(content("content"), BEFORE)).isEqualTo(REF);
        store.putRecord("latest/support bot", "{\"n\":1}", BEFORE);
        store.putRecord("latest/support bot/train", "a", BEFORE);
        for (int step = 1; step <= 3; step++) {
            String state = "state of step " + step;
            store.checkpoints()
                    .commit(BEFORE.scope(), step, into -> Files.writeString(into.resolve("state"), state), BEFORE);
        }
        store.checkpoints().prune(BEFORE.scope(), 1, Set.of(1), BEFORE);
        store.release(BEFORE);
    }

    private Path content(String name) throws IOException {
        Path content = temp.resolve(name);
        Files.createDirectories(content.resolve("deep folder"));
        Files.writeString(content.resolve("one.txt"), "one");
        Files.writeString(content.resolve("deep folder/two.txt"), "two");
        return content;
    }
}
