package dev.septet.activities.basemodel;

import dev.septet.dsl.pipeline.HubId;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One model in the hub's cache: {@code blobs/ETAG}, {@code snapshots/COMMIT/NAME} which link to
 * them, {@code refs/REVISION} with a commit in it.
 *
 * @see <a href="https://huggingface.co/docs/huggingface_hub/guides/manage-cache">huggingface_hub:
 *     the cache's layout</a>
 */
final class HubCache {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private final Path folder;

    HubCache(Path cache, HubId id) {
        this.folder = cache.resolve("models--%s--%s".formatted(id.owner(), id.name()));
    }

    Path blob(HubFile file) {
        return folder.resolve("blobs").resolve(file.etag());
    }

    /** Where a file's bytes gather until they are all there. */
    Path incomplete(HubFile file) throws IOException {
        Files.createDirectories(folder.resolve("blobs"));
        return folder.resolve("blobs").resolve(file.etag() + ".incomplete");
    }

    /** The folder of a commit's files. */
    Path snapshot(String commit) {
        return folder.resolve("snapshots").resolve(commit);
    }

    /** The folder that a branch, tag or commit last led to. */
    Optional<Path> known(String revision) throws IOException {
        String commit = revision;
        Path ref = folder.resolve("refs").resolve(revision);
        if (!COMMIT.matcher(revision).matches() && Files.isRegularFile(ref)) {
            commit = Files.readString(ref).strip();
        }
        return COMMIT.matcher(commit).matches() && Files.isDirectory(snapshot(commit))
                ? Optional.of(snapshot(commit))
                : Optional.empty();
    }

    /** Gives a blob its name in a commit. */
    void link(HubFile file, String commit) throws IOException {
        Path folderOfCommit = Files.createDirectories(snapshot(commit));
        Path name = folderOfCommit.resolve(file.name());
        Path target = Path.of("..", "..", "blobs", file.etag());
        if (Files.isSymbolicLink(name) && Files.readSymbolicLink(name).equals(target)) {
            return;
        }
        Files.deleteIfExists(name);
        try {
            Files.createSymbolicLink(name, target);
        } catch (FileAlreadyExistsException raced) {
            // Another process gave it the same name.
        }
    }

    /** Remembers where a branch or tag leads; commits lead to themselves. */
    void remember(String revision, String commit) throws IOException {
        if (COMMIT.matcher(revision).matches()) {
            return;
        }
        Path ref = folder.resolve("refs").resolve(revision);
        Path parent = Files.createDirectories(ref.resolve("..").normalize());
        Path fresh = Files.createTempFile(parent, ".ref", "");
        Files.writeString(fresh, commit);
        Files.move(fresh, ref, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
