package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.store.ArtifactStore.Contents.Reencrypted;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A change of the store's key while old and new processes use it. */
public final class Reencryption {
    private static final Fence FENCE = new Fence("keys", new FencingToken(5, 1));

    /** A process with these keys, the last of which encrypts. */
    @FunctionalInterface
    public interface Opening {
        ArtifactStore with(String... keys) throws IOException;
    }

    private Reencryption() {}

    /** After the change, the old key is needed no more, whatever old processes wrote meanwhile. */
    public static void check(Opening store, Path folder) throws IOException {
        ArtifactStore old = store.with("two", "one");
        ArtifactRef first = fill(old, folder, "first");
        ArtifactStore current = store.with("one", "two");
        ArtifactRef second = fill(current, folder, "second");

        assertThat(current.atRest(1000).byKey()).containsOnlyKeys("one", "two");
        Reencrypted changed = current.contents().reencrypt(FENCE, bytes -> {});
        assertThat(changed.locked()).isZero();
        assertThat(changed.texts()).isEqualTo(3);
        assertThat(changed.files()).isEqualTo(2);
        assertThat(current.atRest(1000).byKey()).containsOnlyKeys("two");

        assertThat(old.fetch(second).resolve("rows"))
                .as("an old process reads on")
                .hasContent("second");
        ArtifactRef third = fill(old, folder, "third");
        assertThat(current.contents().reencrypt(FENCE, bytes -> {}).files()).isEqualTo(2);
        assertThat(current.contents().reencrypt(FENCE, bytes -> {}).files()).isZero();

        ArtifactStore withoutOld = store.with("two");
        for (ArtifactRef ref : java.util.List.of(first, second, third)) {
            assertThat(withoutOld.contents().verify(ref.sha256())).isPositive();
        }
        for (String name : java.util.List.of("first", "second", "third")) {
            assertThat(withoutOld.record("results/" + name)).contains(name);
            assertThat(withoutOld.checkpoints().newestValid(name + "/train").checkpoint())
                    .hasValueSatisfying(
                            found -> assertThat(found.folder().resolve("state")).hasContent(name));
        }
    }

    private static ArtifactRef fill(ArtifactStore store, Path folder, String name) throws IOException {
        Fence fence = new Fence(name + "/train", 1);
        store.open(fence);
        Path own = Files.createDirectories(folder.resolve(name));
        Files.writeString(own.resolve("rows"), name);
        ArtifactRef ref = store.put(own, fence);
        store.putRecord("results/" + name, name, fence);
        store.checkpoints().commit(name + "/train", 1, files -> Files.writeString(files.resolve("state"), name), fence);
        return ref;
    }
}
