package dev.septet.activities.store;

import java.nio.file.Path;
import java.time.Clock;

/**
 * The store in a local folder.
 *
 * <pre>
 * artifacts/, checkpoints/, damaged/   see {@link FolderSets}
 * records/&lt;name&gt;.record               small texts
 * fences/&lt;scope&gt;.fence, .owner        the newest attempt of a scope and its process, until it ends
 * scratch/@&lt;process&gt;/&lt;scope&gt;/...      files on their way in, until their process ends
 * encrypted                            there are keys, and their checks: see {@link KeyChecks}
 * </pre>
 *
 * With keys, manifests, files and records are encrypted. Readers get plain copies that belong to
 * their process ({@link Copies}).
 */
public final class LocalStore extends ContentStore {
    private final Path root;

    public LocalStore(Path root) {
        this(root, new Disk());
    }

    /** A store with the given disk, whose operations tests can observe. */
    public LocalStore(Path root, Disk disk) {
        this(root, disk, AtRest.plain());
    }

    LocalStore(Path root, Disk disk, AtRest atRest) {
        super(parts(root.toAbsolutePath().normalize(), disk, atRest));
        this.root = root.toAbsolutePath().normalize();
    }

    /** The folder that holds everything. */
    public Path root() {
        return root;
    }

    private static Parts parts(Path root, Disk disk, AtRest atRest) {
        Path locks = root.resolve("fences");
        Scratch incoming = new Scratch(root.resolve("scratch"), disk);
        Scratch plain = atRest.scratch() == null ? incoming : new Scratch(atRest.scratch(), disk);
        Fences fences = new Fences(locks, disk, incoming.processes());
        Storage storage = new FolderStorage(root, disk, fences, incoming);
        StoredFiles stored = new StoredFiles(atRest.encryption(), disk, storage, false);
        Copies copies = new Copies(plain, null, disk, atRest.bound(), Clock.systemUTC());
        FileSets sets = new FolderSets(root, disk, fences, incoming, stored, copies);
        return new Parts(storage, stored, sets, incoming, plain, locks, disk);
    }
}
