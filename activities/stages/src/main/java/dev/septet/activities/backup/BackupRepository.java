package dev.septet.activities.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.backup.BackupManifest.Entry;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.encryption.DamagedCiphertextException;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.settings.Setting;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/**
 * The backups in a folder or a bucket.
 *
 * <pre>
 * septet-backup.json                       shows that this place belongs to backups
 * objects/ab/&lt;sha256&gt;[.encrypted]      a file, named by the digest of its bytes before this encryption
 * backups/&lt;number&gt;-&lt;time&gt;-&lt;digest&gt;.json   the list of a backup's files, written last
 * </pre>
 *
 * Backups share objects. A killed writer leaves objects that no backup names; the next one uses them.
 */
public final class BackupRepository {
    private static final String MARKER = "septet-backup.json";
    private static final String BACKUPS = "backups/";
    private static final String OBJECTS = "objects/";
    private static final Pattern NAME = Pattern.compile("backups/[0-9]{6}-[0-9TZ]{16}-[0-9a-f]{16}\\.json");

    /** The place that an encrypted object is bound to. Its digest in the list of files binds it further. */
    private static final String SEALED = "septet backup object";

    /** The place that an encrypted list of files is bound to. Its name has its digest. */
    private static final String LIST = "septet backup list";

    /** Objects that are younger may belong to a backup that is being written to a bucket. */
    private static final Duration YOUNG = Duration.ofDays(1);

    /** Files of keys, in plain: encrypted with themselves, and named in an encrypted list, they would be useless. */
    private static final String KEYS = "keys/";

    private final FilePlace place;
    private final AtRestEncryption encryption;
    private final Map<String, Long> objects = new HashMap<>();
    private long added;
    private boolean formatChecked;

    /**
     * A backup's name and list of files.
     *
     * @param id its name, for commands
     */
    public record Stored(String id, BackupManifest manifest) {}

    /**
     * A damaged object.
     *
     * @param object where it is
     * @param why what is wrong with it
     * @param path a file that it is the content of
     */
    public record Damage(String object, String why, String path) {}

    /**
     * What a verification found.
     *
     * @param files number of files that were compared
     * @param bytes their size
     * @param locked number of files whose key is not configured; only their existence was checked
     */
    public record Verified(int files, long bytes, int locked, List<Damage> damaged) {
        public Verified {
            damaged = List.copyOf(damaged);
        }
    }

    public BackupRepository(FilePlace place, AtRestEncryption encryption) {
        this.place = place;
        this.encryption = encryption;
    }

    /** Whether new objects are encrypted. */
    boolean encrypts() {
        return encryption.encrypts();
    }

    /** Where the backups are. */
    public String at() {
        return place.at("");
    }

    /**
     * Begins to write a backup, alone where the place has locks.
     *
     * @throws BackupProblem when the place has other files, or another process writes a backup
     */
    Closeable open() throws IOException {
        requireKnownFormat();
        boolean own = exists(MARKER);
        if (!own) {
            List<FilePlace.Found> all = place.list("");
            if (all.stream().anyMatch(found -> !found.name().equals("lock"))) {
                throw new BackupProblem("%s has other files, such as %s; name an empty folder or prefix for backups"
                        .formatted(place.at(""), all.get(0).name()));
            }
        }
        Closeable lock = place.lock();
        boolean opened = false;
        try {
            if (!own) {
                putText(MARKER, String.format(Locale.ROOT, "{\"format\":%d}", BackupManifest.FORMAT));
            }
            objects.clear();
            place.list(OBJECTS).forEach(found -> objects.put(found.name(), found.bytes()));
            opened = true;
            return lock;
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    private boolean exists(String name) throws IOException {
        try (InputStream in = place.open(name)) {
            return in.read() >= 0;
        } catch (NoSuchFileException absent) {
            return false;
        }
    }

    /**
     * Refuses a place whose format a newer version has changed: its names may mean something else, and what this version does not
     * know must neither be overlooked nor removed.
     *
     * @throws BackupProblem with the next step
     */
    private void requireKnownFormat() throws IOException {
        if (formatChecked) {
            return;
        }
        try (InputStream in = place.open(MARKER)) {
            requireKnown(MARKER, SpecJson.mapper().readTree(in));
        } catch (NoSuchFileException | JsonProcessingException none) {
            // Without a marker that can be read, each list of files says its format.
        }
        formatChecked = true;
    }

    /** Reads the format before anything else, because a newer one may have other properties. */
    private void requireKnown(String name, JsonNode json) throws BackupProblem {
        int format = json.path("format").asInt();
        if (format > BackupManifest.FORMAT) {
            String version = json.path("septet").asText();
            throw new BackupProblem(String.format(
                    Locale.ROOT,
                    "%s has the backup format %d, and this version of Septet knows the formats up to %d. Use %s for"
                            + " these backups",
                    place.at(name),
                    format,
                    BackupManifest.FORMAT,
                    version.isEmpty()
                            ? "the newer version of Septet that wrote it"
                            : "Septet %s, which wrote it, or a newer version".formatted(version)));
        }
    }

    /**
     * Names of all backups, oldest first, for {@link #read}.
     *
     * @throws BackupProblem when a newer version has changed the format of the place
     */
    public List<String> ids() throws IOException {
        requireKnownFormat();
        return place.list(BACKUPS).stream()
                .map(FilePlace.Found::name)
                .filter(name -> NAME.matcher(name).matches())
                .map(name -> name.substring(BACKUPS.length(), name.length() - ".json".length()))
                .sorted()
                .toList();
    }

    /**
     * Reads the list of a backup's files.
     *
     * @throws BackupProblem when there is no such backup, its list is damaged, or a newer version wrote it in another format
     */
    public Stored read(String id) throws IOException {
        requireKnownFormat();
        String name = BACKUPS + id + ".json";
        if (!NAME.matcher(name).matches()) {
            throw new BackupProblem("'%s' is not the name of a backup; there is %s".formatted(id, known()));
        }
        String text;
        try (InputStream in = place.open(name)) {
            text = encryption.decrypted(new String(in.readAllBytes(), StandardCharsets.UTF_8), place.at(name), LIST);
        } catch (NoSuchFileException absent) {
            throw new BackupProblem("%s has no backup %s; there is %s".formatted(place.at(""), id, known()));
        } catch (DamagedCiphertextException damaged) {
            throw damaged(name, damaged);
        } catch (MissingKeyException missing) {
            List<String> keys = place.list(KEYS).stream()
                    .map(FilePlace.Found::name)
                    .filter(found -> found.startsWith(KEYS + Setting.STORE_KEYS.variable()))
                    .map(place::at)
                    .sorted()
                    .toList();
            if (keys.isEmpty()) {
                throw missing;
            }
            throw new BackupProblem(
                    "%s is encrypted, and its key is in a file of the backup: copy the lines of %s to one file of this machine that only you can read (mode 600), with one line `current: NAME`, and set %s to it"
                            .formatted(place.at(name), String.join(" and ", keys), Setting.STORE_KEYS.variable()),
                    missing);
        }
        if (!id.endsWith("-" + BackupManifest.digest(text))) {
            throw damaged(name, null);
        }
        try {
            requireKnown(name, SpecJson.mapper().readTree(text));
            return new Stored(id, SpecJson.mapper().readValue(text, BackupManifest.class));
        } catch (JsonProcessingException | RuntimeException e) {
            throw damaged(name, e);
        }
    }

    private BackupProblem damaged(String name, @org.jspecify.annotations.Nullable Exception why) throws IOException {
        String message = "%s: changed; its name does not match its digest. Use another backup: %s"
                .formatted(place.at(name), known());
        return why == null ? new BackupProblem(message) : new BackupProblem(message, why);
    }

    private String known() throws IOException {
        List<String> ids = ids();
        return ids.isEmpty() ? "none" : String.join(", ", ids.subList(Math.max(0, ids.size() - 5), ids.size()));
    }

    /**
     * The newest backup.
     *
     * @throws BackupProblem when there is none, or its list is damaged
     */
    public Stored newest() throws IOException {
        List<String> ids = ids();
        if (ids.isEmpty()) {
            throw new BackupProblem(place.at("") + " has no complete backup");
        }
        return read(ids.get(ids.size() - 1));
    }

    /** The newest backup whose list is not damaged, for the next one. */
    Optional<Stored> newestReadable() throws IOException {
        List<String> ids = ids();
        for (int at = ids.size() - 1; at >= 0; at--) {
            try {
                return Optional.of(read(ids.get(at)));
            } catch (BackupProblem | MissingKeyException unreadable) {
                // An older one serves as well: it only saves reading.
            }
        }
        return Optional.empty();
    }

    /** Whether an object exists with its size. */
    boolean holds(Entry entry) {
        Long bytes = objects.get(entry.object());
        return bytes != null
                && bytes == (entry.sealed() ? AtRestEncryption.encryptedBytes(entry.bytes()) : entry.bytes());
    }

    /** Opens a source again for each call. */
    @FunctionalInterface
    interface Source {
        InputStream open() throws IOException;
    }

    /**
     * Stores the bytes of a source, unless an object has them.
     *
     * @param path for the list of files
     * @param seal whether to encrypt it, if there are keys
     * @param twice whether reading it twice costs less than writing it once
     */
    Entry add(String path, String stamp, boolean seal, boolean twice, Source source) throws IOException {
        boolean sealed = seal && encryption.encrypts();
        if (twice) {
            try (InputStream in = source.open()) {
                MessageDigest sum = Sha256.start();
                DigestInputStream reading = new DigestInputStream(in, sum);
                long bytes = reading.transferTo(OutputStream.nullOutputStream());
                Entry known = new Entry(path, hex(sum), bytes, stamp, sealed, null, null);
                if (holds(known)) {
                    return known;
                }
            }
        }
        MessageDigest plain = Sha256.start();
        MessageDigest stored = Sha256.start();
        long[] bytes = {0};
        Path temporary = place.temporary(to -> {
            try (InputStream in = source.open();
                    OutputStream file = new DigestOutputStream(to, stored);
                    OutputStream out = sealed ? encryption.encrypting(file, SEALED) : file) {
                bytes[0] = new DigestInputStream(in, plain).transferTo(out);
            }
        });
        try {
            Entry entry = new Entry(path, hex(plain), bytes[0], stamp, sealed, null, null);
            if (!holds(entry)) {
                place.put(entry.object(), temporary, hex(stored));
                long size = sealed ? AtRestEncryption.encryptedBytes(entry.bytes()) : entry.bytes();
                objects.put(entry.object(), size);
                added += size;
            }
            return entry;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static String hex(MessageDigest sum) {
        return HexFormat.of().formatHex(sum.digest());
    }

    /**
     * Writes the list of a backup's files: from now on the backup exists.
     *
     * @throws BackupProblem when an object is missing
     */
    Stored commit(BackupManifest manifest, Instant now) throws IOException {
        for (Entry entry : manifest.files()) {
            if (entry.link() == null && !holds(entry)) {
                throw new BackupProblem("%s is missing, so the backup was not completed; run the command again"
                        .formatted(place.at(entry.object())));
            }
        }
        String text = manifest.text();
        String time = now.toString().replaceAll("[-:]|\\.[0-9]+", "");
        String id = String.format(Locale.ROOT, "%06d-%s-%s", manifest.number(), time, BackupManifest.digest(text));
        putText(BACKUPS + id + ".json", encryption.encrypted(text, LIST));
        return new Stored(id, manifest);
    }

    /** Number of bytes that this process has added. */
    long added() {
        return added;
    }

    /**
     * Stores a file of keys in plain. Earlier ones stay, because older backups, and objects that newer ones share with them, need the
     * keys that were removed since.
     *
     * @param setting name of the setting that names the file
     */
    void putKeys(String setting, Path file) throws IOException {
        String text = Files.readString(file);
        putText("%s%s-%s".formatted(KEYS, setting, Sha256.of(text).substring(0, 12)), text);
    }

    /** Removes a backup that is not consistent. Its objects stay for the next one. */
    void discard(String id) throws IOException {
        place.delete(BACKUPS + id + ".json");
    }

    private void putText(String name, String text) throws IOException {
        Path temporary = place.temporary(out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
        try {
            place.put(name, temporary, Sha256.of(text));
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Opens a file of a backup; the caller compares its digest. */
    InputStream open(Entry entry) throws IOException {
        InputStream in = place.open(entry.object());
        return entry.sealed() ? encryption.decrypting(in, place.at(entry.object()), SEALED) : in;
    }

    /** The address of a file's object, for messages. */
    String at(Entry entry) {
        return place.at(entry.object());
    }

    /**
     * Reads all bytes of a backup and compares them with their digests.
     *
     * @param progress receives the number of bytes so far
     */
    public Verified verify(Stored backup, LongConsumer progress) throws IOException {
        Map<String, Entry> all = new TreeMap<>();
        for (Entry entry : backup.manifest().files()) {
            if (entry.link() == null) {
                all.put(entry.object(), entry);
            }
        }
        List<Damage> damaged = new ArrayList<>();
        long bytes = 0;
        int locked = 0;
        for (Entry entry : all.values()) {
            try (InputStream in = open(entry)) {
                MessageDigest sum = Sha256.start();
                bytes += new DigestInputStream(in, sum).transferTo(OutputStream.nullOutputStream());
                if (!hex(sum).equals(entry.sha256())) {
                    damaged.add(new Damage(at(entry), "changed; its sha256 is not " + entry.sha256(), entry.path()));
                }
            } catch (NoSuchFileException absent) {
                damaged.add(new Damage(at(entry), "missing", entry.path()));
            } catch (DamagedCiphertextException changed) {
                damaged.add(new Damage(at(entry), "changed; it cannot be decrypted", entry.path()));
            } catch (MissingKeyException withoutKey) {
                locked++;
            }
            progress.accept(bytes);
        }
        return new Verified(all.size(), bytes, locked, damaged);
    }

    /**
     * Removes all but the newest backups, and the objects that no other backup needs. If a list of files cannot be read, nothing
     * is removed, because its objects are not known.
     *
     * @param keep number of backups that stay, at least 1
     * @return number of removed backups
     */
    int prune(int keep, Instant now) throws IOException {
        List<String> ids = ids();
        List<String> staying = ids.subList(Math.max(0, ids.size() - keep), ids.size());
        Set<String> needed = new HashSet<>();
        for (String id : staying) {
            read(id).manifest().files().stream()
                    .filter(entry -> entry.link() == null)
                    .forEach(entry -> needed.add(entry.object()));
        }
        List<String> leaving = ids.subList(0, Math.max(0, ids.size() - keep));
        for (String id : leaving) {
            place.delete(BACKUPS + id + ".json");
        }
        boolean alone = place instanceof FolderPlace; // its lock is held
        for (FilePlace.Found found : place.list(OBJECTS)) {
            boolean old = alone || Instant.parse(found.stamp()).isBefore(now.minus(YOUNG));
            if (old && !needed.contains(found.name())) {
                place.delete(found.name());
                objects.remove(found.name());
            }
        }
        return leaving.size();
    }
}
