package dev.septet.activities.backup;

import dev.septet.activities.backup.BackupManifest.Entry;
import dev.septet.activities.backup.FilePlace.Found;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencedException;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.store.Manifest;
import dev.septet.activities.store.StoreNames;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a backup while runs are in progress. What refers to something is copied before it: the server's database names results
 * in the store, the store's records name artifacts and numbers of reviewed rows. Everything is written before what names it, so
 * the later copies have it. A garbage collection would remove in the other order, so the backup ends one that runs.
 */
public final class BackupWriter {
    /** The fence of garbage collections. */
    private static final String COLLECTION = "gc";

    private static final String LAST = "backups/last";
    private static final int TRIES = 3;
    private static final String ENCRYPTED_TEXT = "{\"encrypted\":\"";
    private static final byte[] ENCRYPTED_FILE = {(byte) 0x93, 'S', 'E', 'P', 'T', 'E', 'T'};
    private static final List<String> SMALL = List.of("host.id", "run.key", "audit.key");
    private static final List<String> LINES = List.of("audit", "reviewed");

    private final BackupRepository repository;
    private final BackupSources from;
    private final Instant now;
    private final String version;
    private final LongConsumer progress;
    private final Map<String, Entry> files = new TreeMap<>();
    private final Map<String, Entry> before = new HashMap<>();
    private final List<String> leftOut = new ArrayList<>();
    private boolean full;
    private long bytes;

    /** The store's record of its last backup, for {@code septet doctor}. */
    public record Last(String id, String at, String created) {}

    /**
     * A backup.
     *
     * @param version Septet's version
     * @param progress receives the number of bytes so far
     */
    public BackupWriter(
            BackupRepository repository, BackupSources from, Instant now, String version, LongConsumer progress) {
        this.repository = repository;
        this.from = from;
        this.now = now;
        this.version = version;
        this.progress = progress;
    }

    /** Reads every file again, also those that have not changed since the last backup. */
    public BackupWriter full() {
        full = true;
        return this;
    }

    /**
     * What was written.
     *
     * @param added number of bytes that no earlier backup had
     * @param removed number of old backups that were removed
     */
    public record Written(BackupRepository.Stored backup, long added, int removed) {}

    /**
     * Writes it.
     *
     * @param keep number of backups that stay; null = all
     * @throws BackupProblem with the next step
     */
    public Written write(@Nullable Integer keep) throws IOException {
        Closeable lock = repository.open();
        try {
            Optional<BackupRepository.Stored> last = repository.newestReadable();
            int number = repository.ids().stream()
                            .mapToInt(id -> Integer.parseInt(id.substring(0, 6)))
                            .max()
                            .orElse(0)
                    + 1;
            last.ifPresent(known -> {
                if (known.manifest().encrypted() == repository.encrypts() && !full) {
                    known.manifest().files().forEach(entry -> before.put(entry.path(), entry));
                }
            });
            Fence fence = Fence.takeOver(from.store(), COLLECTION, now.toEpochMilli());
            BackupRepository.Stored written;
            try {
                copy();
                leftOut.addAll(from.leftOut());
                written = repository.commit(
                        new BackupManifest(
                                BackupManifest.FORMAT,
                                number,
                                now.toString(),
                                version,
                                repository.encrypts(),
                                from.bucket(),
                                List.copyOf(files.values()),
                                from.folders().stream().map(Path::toString).toList(),
                                leftOut),
                        now);
                remember(written, fence);
            } finally {
                from.store().release(fence);
            }
            return new Written(written, repository.added(), keep == null ? 0 : repository.prune(keep, now));
        } finally {
            lock.close();
        }
    }

    private void remember(BackupRepository.Stored written, Fence fence) throws IOException {
        try {
            from.store()
                    .putRecord(
                            LAST,
                            SpecJson.mapper()
                                    .writeValueAsString(new Last(written.id(), repository.at(), now.toString())),
                            fence);
        } catch (FencedException collected) {
            repository.discard(written.id());
            throw new BackupProblem(
                    "a garbage collection of the store began meanwhile, and may have removed files before they were copied; run the command again",
                    collected);
        }
    }

    private void copy() throws IOException {
        database();
        for (String name : SMALL) {
            Path file = from.state().resolve(name);
            if (Files.isRegularFile(file)) {
                local("state/" + name, file, false);
            }
        }
        records();
        checkpoints();
        sets(List.of(StoreNames.ARTIFACTS, "blobs/"));
        for (String folder : LINES) {
            lines(folder);
        }
        tree("state/reports", from.state().resolve("reports"));
        for (int number = 0; number < from.folders().size(); number++) {
            tree("folder/" + number, from.folders().get(number));
        }
        for (Map.Entry<String, Path> key : from.keys().entrySet()) {
            repository.putKeys(key.getKey(), key.getValue());
        }
    }

    private void database() throws IOException {
        BackupSources.DatabaseCopy database = from.database();
        if (database == null) {
            return;
        }
        Path folder = Files.createTempDirectory(FileModes.OWNER.folder(from.state()), ".backup");
        try {
            Path copy = folder.resolve("temporal.db");
            database.copyTo(copy);
            local("database/temporal.db", copy, false);
        } finally {
            try (Stream<Path> all = Files.list(folder)) {
                for (Path file : all.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private void records() throws IOException {
        for (Found found : from.storeFiles().list(StoreNames.RECORDS)) {
            stored(found, false);
        }
        for (Found found : from.storeFiles().list(StoreNames.MARKER)) {
            if (found.name().equals(StoreNames.MARKER)) {
                stored(found, false);
            }
        }
    }

    /** A running training removes old checkpoints, so each training's are listed just before they are copied. */
    private void checkpoints() throws IOException {
        Set<String> scopes = from.storeFiles().list(StoreNames.CHECKPOINTS).stream()
                .map(found -> found.name().split("/", -1))
                .filter(parts -> parts.length > 2)
                .map(parts -> StoreNames.CHECKPOINTS + parts[1] + "/")
                .collect(Collectors.toCollection(TreeSet::new));
        for (String scope : scopes) {
            for (int tries = 0; tries < TRIES; tries++) {
                boolean some = !manifests(scope).isEmpty();
                sets(List.of(scope));
                if (!some || files.keySet().stream().anyMatch(path -> path.startsWith("store/" + scope))) {
                    break;
                }
            }
        }
    }

    /** Copies artifacts or checkpoints, and leaves out those that were removed meanwhile: a removal begins with the manifest. */
    private void sets(List<String> prefixes) throws IOException {
        List<Entry> copied = new ArrayList<>();
        for (String prefix : prefixes) {
            for (Found found : from.storeFiles().list(prefix)) {
                if (!found.name().endsWith("/removal")) { // announces a removal from a bucket
                    stored(found, true).ifPresent(copied::add);
                }
            }
        }
        Set<String> present = new HashSet<>();
        for (String prefix : prefixes) {
            present.addAll(manifests(prefix));
        }
        for (Entry entry : copied) {
            if (!isComplete(entry.path().substring("store/".length()), present)) {
                files.remove(entry.path());
            }
        }
    }

    private Set<String> manifests(String prefix) throws IOException {
        return from.storeFiles().list(prefix).stream()
                .map(Found::name)
                .filter(BackupWriter::isManifest)
                .collect(Collectors.toSet());
    }

    private static boolean isManifest(String name) {
        return name.endsWith("/" + Manifest.FILE) || name.endsWith(StoreNames.CHECKPOINT_SUFFIX);
    }

    private boolean isComplete(String name, Set<String> present) {
        if (from.bucket()) {
            return !isManifest(name) || present.contains(name);
        }
        String[] parts = name.split("/", -1);
        int depth = name.startsWith(StoreNames.ARTIFACTS) ? 2 : 3;
        return parts.length > depth
                && present.contains(String.join("/", List.of(parts).subList(0, depth)) + "/" + Manifest.FILE);
    }

    /**
     * Copies a file of the store as it is stored. What an encrypted store has in plain is encrypted.
     *
     * @param constant whether a file of this name never changes
     * @return empty when it was removed meanwhile
     */
    private Optional<Entry> stored(Found found, boolean constant) throws IOException {
        String path = "store/" + found.name();
        try {
            Entry known = before.get(path);
            Entry entry = constant && known != null && isSame(known, found.bytes(), found.stamp())
                    ? known
                    : repository.add(
                            path,
                            found.stamp(),
                            !isEncrypted(found.name()),
                            !from.bucket(),
                            () -> from.storeFiles().open(found.name()));
            if (from.storeFiles() instanceof FolderPlace folder) {
                entry = entry.withMode(mode(folder.root().resolve(found.name())));
            }
            keep(entry);
            return Optional.of(entry);
        } catch (NoSuchFileException removed) {
            return Optional.empty();
        }
    }

    private boolean isSame(Entry known, long size, String stamp) {
        return known.bytes() == size && known.stamp().equals(stamp) && repository.holds(known);
    }

    private boolean isEncrypted(String name) throws IOException {
        if (!repository.encrypts()) {
            return true; // nothing is encrypted
        }
        try (InputStream in = from.storeFiles().open(name)) {
            byte[] first = in.readNBytes(ENCRYPTED_TEXT.length());
            String text = new String(first, StandardCharsets.ISO_8859_1);
            return text.equals(ENCRYPTED_TEXT)
                    || text.startsWith(new String(ENCRYPTED_FILE, StandardCharsets.ISO_8859_1));
        }
    }

    private void keep(Entry entry) {
        files.put(entry.path(), entry);
        bytes += entry.bytes();
        progress.accept(bytes);
    }

    private void local(String path, Path file, boolean constant) throws IOException {
        String stamp = Files.getLastModifiedTime(file).toInstant().toString();
        Entry known = before.get(path);
        keep((constant && known != null && isSame(known, Files.size(file), stamp)
                        ? known
                        : repository.add(path, stamp, true, true, () -> Files.newInputStream(file)))
                .withMode(mode(file)));
    }

    /** Copies the complete lines of files that only grow. The head of an audit log is copied first: the log has its line. */
    private void lines(String name) throws IOException {
        Path root = from.state().resolve(name);
        if (!Files.isDirectory(root)) {
            return;
        }
        List<Path> folders;
        try (Stream<Path> all = Files.list(root)) {
            folders = all.filter(Files::isDirectory).sorted().toList();
        }
        for (Path folder : folders) {
            for (int tries = 1; !linesOf("state/" + name + "/" + folder.getFileName(), folder); tries++) {
                if (tries == TRIES) {
                    throw new BackupProblem(
                            "the files of %s change faster than they are copied; start the backup again when fewer requests come"
                                    .formatted(folder));
                }
                files.keySet().removeIf(path -> path.startsWith("state/" + name + "/" + folder.getFileName() + "/"));
            }
        }
    }

    /**
     * An erasure begins a new file before it changes older ones, so a copy without new files has all records of erasures.
     *
     * @return false when files were begun or removed meanwhile
     */
    private boolean linesOf(String path, Path folder) throws IOException {
        List<Path> all = regular(folder);
        try {
            for (Path file : all) {
                if (!file.toString().endsWith(".jsonl") && !file.toString().endsWith(".new")) {
                    local(path + "/" + name(folder, file), file, false);
                }
            }
            for (Path file : all) {
                if (file.toString().endsWith(".jsonl")) {
                    byte[] none = {};
                    long end = afterLastLine(file);
                    keep(repository.add(
                            path + "/" + name(folder, file),
                            Files.getLastModifiedTime(file).toInstant().toString(),
                            true,
                            true,
                            () -> end == 0 ? new ByteArrayInputStream(none) : new Bounded(file, end)));
                }
            }
            return lines(regular(folder)).equals(lines(all));
        } catch (NoSuchFileException removed) {
            return false;
        }
    }

    private static List<Path> lines(List<Path> files) {
        return files.stream()
                .filter(file -> file.toString().endsWith(".jsonl"))
                .sorted()
                .toList();
    }

    private static String name(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    private static List<Path> regular(Path folder) throws IOException {
        return below(folder).stream().filter(Files::isRegularFile).toList();
    }

    /** What is below a folder, in the order of the paths. What disappears meanwhile is left out. */
    private static List<Path> below(Path root) throws IOException {
        List<Path> all = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                if (!folder.equals(root)) {
                    all.add(folder);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                all.add(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException problem) throws IOException {
                if (problem instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw problem;
            }
        });
        Collections.sort(all);
        return all;
    }

    private static long afterLastLine(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long end = in.length();
            byte[] part = new byte[1 << 16];
            while (end > 0) {
                int size = (int) Math.min(part.length, end);
                in.seek(end - size);
                in.readFully(part, 0, size);
                for (int at = size - 1; at >= 0; at--) {
                    if (part[at] == '\n') {
                        return end - size + at + 1;
                    }
                }
                end -= size;
            }
            return 0;
        }
    }

    /** The first bytes of a file that grows. */
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private long left;

        Bounded(Path file, long length) throws IOException {
            in = Files.newInputStream(file);
            left = length;
        }

        @Override
        public int read() throws IOException {
            return left-- > 0 ? in.read() : -1;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int read = in.read(to, offset, (int) Math.min(length, left));
            left -= Math.max(0, read);
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /** Copies a folder with its links. Hidden entries are on their way to their names. */
    private void tree(String path, Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            return;
        }
        for (Path file : below(root)) {
            String name = name(root, file);
            if (name.startsWith(".") || name.contains("/.")) {
                continue;
            }
            try {
                if (Files.isSymbolicLink(file)) {
                    keep(Entry.link(
                            path + "/" + name,
                            Files.readSymbolicLink(file).toString().replace('\\', '/')));
                } else if (Files.isRegularFile(file)) {
                    local(path + "/" + name, file, true);
                }
            } catch (NoSuchFileException removed) {
                // A retention has just removed it.
            }
        }
    }

    private static @Nullable String mode(Path file) throws IOException {
        try {
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
            return mode.equals("rw-------") ? null : mode;
        } catch (UnsupportedOperationException notPosix) {
            return null;
        }
    }
}
