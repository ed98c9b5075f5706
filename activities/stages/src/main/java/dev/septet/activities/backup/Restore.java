package dev.septet.activities.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.backup.BackupManifest.Entry;
import dev.septet.activities.encryption.DamagedCiphertextException;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Restores a backup to an installation without runs, models and logs. Each byte is compared with its digest. A killed restore is
 * completed by the next one; until then, a file in the state folder prevents that workers and model servers start.
 */
public final class Restore {
    /** The file in a state folder whose restore has not ended. */
    static final String MARKER = "restore.json";

    /** Files of a state folder that is in use. */
    private static final List<String> OWN =
            List.of("temporal.db", "audit", "reviewed", "run.key", "audit.key", "host.id");

    private final BackupRepository repository;
    private final BackupRepository.Stored backup;
    private final Destination to;
    private final Set<Part> parts;
    private final Disk disk;
    private final LongConsumer progress;
    private final Map<String, FilePlace> places = new HashMap<>();
    private long bytes;

    /** A part of an installation. */
    public enum Part {
        STORE("store/"),
        STATE("state/"),
        DATABASE("database/"),
        FOLDERS("folder/");

        private final String prefix;

        Part(String prefix) {
            this.prefix = prefix;
        }
    }

    /**
     * Where the parts go.
     *
     * @param database the server's database file
     * @param store where the store's files go
     * @param bucket whether that is a bucket
     */
    public record Destination(Path state, Path database, FilePlace store, boolean bucket) {}

    /** The restore that has not ended. */
    private record Unfinished(String id, String from) {}

    /**
     * A restore.
     *
     * @param progress receives the number of bytes so far
     */
    public Restore(
            BackupRepository repository,
            BackupRepository.Stored backup,
            Destination to,
            Set<Part> parts,
            Disk disk,
            LongConsumer progress) {
        this.repository = repository;
        this.backup = backup;
        this.to = to;
        this.parts = Set.copyOf(parts);
        this.disk = disk;
        this.progress = progress;
    }

    /**
     * Refuses to work with a state folder of which only a part is restored: a worker would create the keys that are missing.
     *
     * @throws BackupProblem when its restore has not ended
     */
    public static void requireCompleted(Path state) throws BackupProblem {
        if (Files.exists(state.resolve(MARKER))) {
            throw new BackupProblem(
                    "the restore of a backup to %s was not completed. Run `septet restore` again with the same backup."
                            .formatted(state));
        }
    }

    /**
     * Restores it.
     *
     * @return number of files
     * @throws BackupProblem when something is in the way, or the backup is damaged
     */
    public int run() throws IOException {
        List<Entry> entries = entries();
        boolean continues = continues();
        if (!continues) {
            refuseUsed();
        }
        disk.folder(to.state());
        disk.write(
                to.state().resolve(MARKER),
                SpecJson.mapper().writeValueAsBytes(new Unfinished(backup.id(), repository.at())));
        for (Entry entry : entries) {
            restore(entry, continues);
        }
        if (parts.contains(Part.STORE) && to.store() instanceof FolderPlace folder) {
            disk.remove(folder.root().resolve(FilePlace.TEMPORARY));
        }
        disk.remove(to.state().resolve(FilePlace.TEMPORARY));
        for (FilePlace place : places.values()) {
            if (place instanceof FolderPlace folder) {
                disk.remove(folder.root().resolve(FilePlace.TEMPORARY));
            }
        }
        disk.remove(to.state().resolve(MARKER));
        return entries.size();
    }

    /** The files to restore: links and the database last, because they refer to the others. */
    private List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : backup.manifest().files()) {
            Part part = part(entry);
            if (part != null && parts.contains(part)) {
                check(entry);
                entries.add(entry);
            }
        }
        if (parts.contains(Part.STORE)
                && backup.manifest().bucket() != to.bucket()
                && entries.stream().anyMatch(entry -> part(entry) == Part.STORE)) {
            throw new BackupProblem(
                    backup.manifest().bucket()
                            ? "the store of this backup was in a bucket; set SEPTET_STORE to an empty prefix of a bucket"
                            : "the store of this backup was in a folder; unset SEPTET_STORE, or set it to a folder");
        }
        entries.sort(Comparator.comparing((Entry entry) -> entry.link() != null)
                .thenComparing(entry -> part(entry) == Part.DATABASE)
                .thenComparing(Entry::path));
        return entries;
    }

    private static @Nullable Part part(Entry entry) {
        for (Part part : Part.values()) {
            if (entry.path().startsWith(part.prefix)) {
                return part;
            }
        }
        return null;
    }

    /** A list of files may have been written by anybody, so no name leaves its folder. */
    private void check(Entry entry) throws BackupProblem {
        boolean plain = Stream.of(entry.path().split("/", -1))
                .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals("..") || part.contains("\0"));
        String link = entry.link();
        boolean digest = link != null || entry.sha256().matches("[0-9a-f]{64}");
        boolean inside = link == null
                || (!link.startsWith("/")
                        && Stream.of(link.split("/", -1)).noneMatch(part -> part.equals("..") || part.isEmpty()));
        if (!plain || !digest || !inside || (part(entry) == Part.STORE && link != null)) {
            throw new BackupProblem(
                    "the backup %s has an entry that no backup of Septet has: '%s'. Nothing was restored; use another backup"
                            .formatted(backup.id(), entry.path().replaceAll("\\p{C}", "?")));
        }
    }

    private boolean continues() throws IOException {
        Path marker = to.state().resolve(MARKER);
        if (!Files.exists(marker)) {
            return false;
        }
        Unfinished unfinished;
        try {
            unfinished = SpecJson.mapper().readValue(Files.readAllBytes(marker), Unfinished.class);
        } catch (JsonProcessingException damaged) {
            unfinished = new Unfinished("", "");
        }
        if (!backup.id().equals(unfinished.id())) {
            throw new BackupProblem(
                    "the restore of backup %s from %s to %s was not completed; run it again, or remove the folder first"
                            .formatted(unfinished.id(), unfinished.from(), to.state()));
        }
        return true;
    }

    private void refuseUsed() throws IOException {
        List<String> used = new ArrayList<>();
        if (parts.contains(Part.STATE)) {
            for (String name : OWN) {
                if (!name.equals("temporal.db") && Files.exists(to.state().resolve(name))) {
                    used.add(to.state().resolve(name).toString());
                }
            }
        }
        if (parts.contains(Part.DATABASE) && Files.exists(to.database())) {
            used.add(to.database().toString());
        }
        if (parts.contains(Part.STORE) && !to.store().list("").isEmpty()) {
            used.add(to.store().at(""));
        }
        if (parts.contains(Part.FOLDERS)) {
            for (String folder : backup.manifest().folders()) {
                if (isUsed(Path.of(folder))) {
                    used.add(folder);
                }
            }
        }
        if (!used.isEmpty()) {
            throw new BackupProblem(
                    "not empty: %s. Nothing was restored. Restore to an empty state folder and store (SEPTET_STATE, SEPTET_STORE), or move these away"
                            .formatted(String.join(", ", used)));
        }
    }

    private static boolean isUsed(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.findAny().isPresent();
        }
    }

    private void restore(Entry entry, boolean continues) throws IOException {
        FilePlace place = place(entry);
        String name = name(entry);
        String link = entry.link();
        if (link != null) {
            Path file = ((FolderPlace) place).root().resolve(name);
            if (!Files.isSymbolicLink(file)) {
                disk.folder(file.resolveSibling(""));
                disk.link(file, Path.of(link));
            }
            return;
        }
        if (!continues || !isThere(place, name, entry)) {
            copy(entry, place, name);
        }
        if (place instanceof FolderPlace folder && entry.mode() != null) {
            mode(folder.root().resolve(name), Objects.requireNonNull(entry.mode()));
        }
        bytes += entry.bytes();
        progress.accept(bytes);
    }

    private void copy(Entry entry, FilePlace place, String name) throws IOException {
        MessageDigest sum = Sha256.start();
        Path temporary;
        try {
            temporary = place.temporary(file -> {
                try (InputStream in = repository.open(entry)) {
                    in.transferTo(new DigestOutputStream(file, sum));
                }
            });
        } catch (NoSuchFileException absent) {
            throw damaged(entry, "is missing");
        } catch (DamagedCiphertextException changed) {
            throw damaged(entry, "cannot be decrypted");
        }
        try {
            if (!HexFormat.of().formatHex(sum.digest()).equals(entry.sha256())) {
                throw damaged(entry, "changed");
            }
            place.put(name, temporary, entry.sha256());
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private BackupProblem damaged(Entry entry, String how) throws IOException {
        return new BackupProblem(
                "%s %s: it is the content of %s. The restore was not completed. Check all backups with `septet backup --verify`; an older one may have other bytes of this file: %s"
                        .formatted(repository.at(entry), how, entry.path(), String.join(", ", repository.ids())));
    }

    private static boolean isThere(FilePlace place, String name, Entry entry) throws IOException {
        try (InputStream in = place.open(name)) {
            MessageDigest sum = Sha256.start();
            new DigestInputStream(in, sum).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(sum.digest()).equals(entry.sha256());
        } catch (NoSuchFileException absent) {
            return false;
        }
    }

    private FilePlace place(Entry entry) throws IOException {
        return switch (Objects.requireNonNull(part(entry))) {
            case STORE -> to.store();
            case STATE -> places.computeIfAbsent("state", none -> new FolderPlace(to.state(), disk));
            case DATABASE ->
                places.computeIfAbsent(
                        "database", none -> new FolderPlace(to.database().resolveSibling(""), disk));
            case FOLDERS -> folder(entry);
        };
    }

    private FilePlace folder(Entry entry) throws IOException {
        String number = entry.path().split("/", -1)[1];
        try {
            Path folder = Path.of(backup.manifest().folders().get(Integer.parseInt(number)));
            return places.computeIfAbsent(number, none -> new FolderPlace(folder, disk));
        } catch (IndexOutOfBoundsException | NumberFormatException | InvalidPathException invalid) {
            throw new BackupProblem(
                    "the backup %s names no folder %s; use another backup".formatted(backup.id(), number));
        }
    }

    private String name(Entry entry) {
        return switch (Objects.requireNonNull(part(entry))) {
            case STORE, STATE ->
                entry.path()
                        .substring(Objects.requireNonNull(part(entry)).prefix.length());
            case DATABASE -> to.database().getFileName().toString();
            case FOLDERS -> entry.path().split("/", 3)[2];
        };
    }

    private static void mode(Path file, String mode) throws IOException {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        } catch (UnsupportedOperationException | IllegalArgumentException notPosix) {
            // Such file systems keep their own rules.
        }
    }

    /** The files of each part of a backup, for people. */
    public static Map<Part, Long> bytes(BackupManifest manifest) {
        Map<Part, Long> bytes = new TreeMap<>();
        for (Entry entry : manifest.files()) {
            Part part = part(entry);
            if (part != null) {
                bytes.merge(part, entry.bytes(), Long::sum);
            }
        }
        return bytes;
    }
}
