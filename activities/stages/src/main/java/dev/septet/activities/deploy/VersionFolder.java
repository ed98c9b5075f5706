package dev.septet.activities.deploy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Manifest;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder that models are published to.
 *
 * <pre>
 * versions/&lt;version&gt;/        complete, with manifest.json; never changed
 * current -&gt; versions/...     moves atomically
 * </pre>
 *
 * A reader of {@code current} always sees either the old version or the new one.
 */
public final class VersionFolder implements TargetPlace {
    /** The alias's name. */
    public static final String CURRENT = "current";

    private static final String VERSIONS = "versions";
    private static final int VERSION_DIGITS = 12;

    /** Smaller files are always copied: people and tools edit them in place. */
    private static final long LINKED_BYTES = 1 << 20;

    private final Path root;
    private final Disk disk;
    private final long linked;

    /** A folder whose versions have their own copies of all files. */
    public VersionFolder(Path root, Disk disk) {
        this(root, disk, false);
    }

    /**
     * A folder.
     *
     * @param links whether large read-only files become hard links, where the file system allows it
     */
    VersionFolder(Path root, Disk disk, boolean links) {
        this.root = root;
        this.disk = disk;
        this.linked = links ? LINKED_BYTES : Long.MAX_VALUE;
    }

    /** The name of an export's version: the first digits of its sha256. */
    public static String version(String sha256) {
        return sha256.substring(0, VERSION_DIGITS);
    }

    /** Path of the published model. */
    public Path alias() {
        return root.resolve(CURRENT);
    }

    @Override
    public String location() {
        return alias().toString();
    }

    @Override
    public void add(String version, Map<String, Path> files) throws IOException {
        refuseForeign();
        if (holds(version)) {
            return;
        }
        Path incoming = root.resolve(VERSIONS).resolve(".incoming-" + version);
        disk.remove(incoming);
        disk.folder(incoming);
        Manifest manifest = Manifest.copy(files, incoming, disk, linked);
        disk.write(incoming.resolve(Manifest.FILE), manifest.bytes());
        disk.sync(incoming);
        Path target = folder(version); // a link is removed, not followed
        disk.remove(target);
        disk.move(incoming, target);
    }

    @Override
    public boolean holds(String version) throws IOException {
        Path manifest = folder(version).resolve(Manifest.FILE);
        if (Files.isSymbolicLink(folder(version)) || !Files.isRegularFile(manifest, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            Manifest.parse(manifest, Files.readAllBytes(manifest)).verify(folder(version));
            return true;
        } catch (CorruptArtifactException damaged) {
            return false;
        }
    }

    @Override
    public List<String> versions() throws IOException {
        Path folder = root.resolve(VERSIONS);
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> all = Files.list(folder)) {
                all.map(path -> path.getFileName().toString())
                        .filter(name -> !name.startsWith("."))
                        .sorted()
                        .forEach(names::add);
            }
        }
        return names;
    }

    @Override
    public Optional<String> current() throws IOException {
        if (!Files.isSymbolicLink(alias())) {
            return Optional.empty();
        }
        return Optional.of(Files.readSymbolicLink(alias()).getFileName().toString());
    }

    @Override
    public void point(String version) throws IOException {
        refuseLink();
        if (!holds(version)) {
            throw StageProblem.invalid(
                    "%s has no complete version %s; it has %s".formatted(root, version, String.join(", ", versions())));
        }
        refuseOtherAlias();
        if (current().equals(Optional.of(version))) {
            return;
        }
        Path next = root.resolve("." + CURRENT + "-next");
        disk.remove(next);
        disk.link(next, Path.of(VERSIONS, version));
        disk.move(next, alias());
    }

    @Override
    public void unpoint(String version) throws IOException {
        if (current().equals(Optional.of(version))) {
            disk.remove(alias());
        }
    }

    @Override
    public void remove(String version) throws IOException {
        refuseLink();
        if (!current().equals(Optional.of(version))) {
            disk.remove(folder(version)); // a link is removed, not followed
        }
    }

    /** Allows hidden files beside the versions, because tools and people create them everywhere. */
    @Override
    public void refuseForeign() throws IOException {
        refuseLink();
        refuseOtherAlias();
        if (!Files.isDirectory(root)) {
            refuseFile();
            return;
        }
        try (Stream<Path> all = Files.list(root)) {
            Optional<String> foreign = all.map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .filter(name -> !name.equals(VERSIONS) && !name.equals(CURRENT))
                    .sorted()
                    .findFirst();
            if (foreign.isPresent()) {
                throw new StageProblem(
                        FailureType.POLICY_DENIED,
                        "%s holds %s, which no publication created: name a separate folder, or move it away"
                                .formatted(root, foreign.get()));
            }
        }
    }

    private void refuseOtherAlias() {
        if (Files.exists(alias(), LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(alias())) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED, alias() + " is not a link that a publication made; move it away");
        }
    }

    private void refuseFile() {
        if (Files.exists(root)) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "%s is a file, but a target is a folder: name a folder, or move the file away".formatted(root));
        }
    }

    /**
     * Refuses links, because someone who can write here could redirect writes and deletions
     * anywhere.
     */
    private void refuseLink() {
        Path versions = root.resolve(VERSIONS);
        if (Files.isSymbolicLink(versions)) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "%s is a symbolic link, but a publication creates a folder: remove the link, or name another folder"
                            .formatted(versions));
        }
    }

    private Path folder(String version) {
        return root.resolve(VERSIONS).resolve(version);
    }
}
