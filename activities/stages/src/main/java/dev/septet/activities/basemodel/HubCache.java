package dev.septet.activities.basemodel;

import dev.septet.dsl.pipeline.HubId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One repository in the hub's cache: {@code blobs/ETAG}, links to them in {@code snapshots/COMMIT/NAME},
 * and {@code refs/REVISION}, which contains a commit. Septet adds {@code files/COMMIT}, the names of the commit's files; the
 * hub's own tools do not read this folder.
 *
 * @see <a href="https://huggingface.co/docs/huggingface_hub/guides/manage-cache">huggingface_hub:
 *     the cache's layout</a>
 */
final class HubCache {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final int MAX_NAMES_BYTES = 64 << 20;

    private final Path folder;

    HubCache(Path cache, HubKind kind, HubId id) {
        this.folder = cache.resolve("%s--%s--%s".formatted(kind.plural(), id.owner(), id.name()));
    }

    Path blob(HubFile file) {
        return folder.resolve("blobs").resolve(file.etag());
    }

    /** The path of a file's bytes during the download. */
    Path incomplete(HubFile file) throws IOException {
        Files.createDirectories(folder.resolve("blobs"));
        return folder.resolve("blobs").resolve(file.etag() + ".incomplete");
    }

    /** The folder of a commit's files. */
    Path snapshot(String commit) {
        return folder.resolve("snapshots").resolve(commit);
    }

    /** The folder of the commit that a branch, tag or commit last resolved to. */
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

    /** Links a blob under its name in a commit. */
    void link(HubFile file, String commit) throws IOException {
        Path folderOfCommit = Files.createDirectories(snapshot(commit));
        Path name = folderOfCommit.resolve(file.name());
        Path parent = Objects.requireNonNull(name.getParent());
        Files.createDirectories(parent);
        Path target = parent.relativize(folder.resolve("blobs").resolve(file.etag()));
        if (Files.isSymbolicLink(name) && Files.readSymbolicLink(name).equals(target)) {
            return;
        }
        Files.deleteIfExists(name);
        try {
            Files.createSymbolicLink(name, target);
        } catch (FileAlreadyExistsException raced) {
            // Another process created the same link.
        }
    }

    /** Records the commit of a branch or tag; a commit needs no record. */
    void storeCommit(String revision, String commit) throws IOException {
        if (COMMIT.matcher(revision).matches()) {
            return;
        }
        write(folder.resolve("refs").resolve(revision), commit);
    }

    /** Records the names of a commit's files. */
    void storeNames(String commit, List<String> names) throws IOException {
        write(names(commit), String.join("\n", names));
    }

    /** The recorded names of a commit's files; empty if another tool fetched them, or the record is unreadable. */
    Optional<List<String>> storedNames(String commit) throws IOException {
        Path file = names(commit);
        if (!Files.isRegularFile(file) || Files.size(file) > MAX_NAMES_BYTES) {
            return Optional.empty();
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        return Optional.of(text.lines().filter(HubModel::isOfDataset).toList());
    }

    private Path names(String commit) {
        return folder.resolve("files").resolve(commit);
    }

    private static void write(Path file, String text) throws IOException {
        Path parent = Files.createDirectories(file.resolve("..").normalize());
        Path temporary = Files.createTempFile(parent, ".ref", "");
        Files.writeString(temporary, text);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
