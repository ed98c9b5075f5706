package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestCount;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.encryption.DamagedCiphertextException;
import dev.septet.activities.encryption.MissingKeyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Encrypts and decrypts all texts and files of a store. With keys, new content is encrypted, and
 * earlier unencrypted content can still be read. No text is written before the store's marker has
 * the check of its key. Manifests contain the digests and sizes of the decrypted content. So the
 * size of a stored file shows whether it is encrypted.
 */
public final class StoredFiles {
    private final AtRestEncryption encryption;
    private final Disk disk;
    private final Storage storage;
    private final KeyChecks checks;

    /**
     * A manifest.
     *
     * @param sha256 of its decrypted bytes
     */
    public record Described(Manifest manifest, String sha256) {}

    /**
     * The files of a store.
     *
     * @param once whether this process stops reading the marker after it was valid once, because in
     *     a bucket each read is a request
     */
    public StoredFiles(AtRestEncryption encryption, Disk disk, Storage storage, boolean once) {
        this.encryption = encryption;
        this.disk = disk;
        this.storage = storage;
        this.checks = new KeyChecks(encryption, storage, once);
    }

    /** Whether new content is encrypted. */
    public boolean encrypts() {
        return encryption.encrypts();
    }

    /**
     * Creates or completes the marker, if the store is encrypted.
     *
     * @throws MissingKeyException when the store is encrypted and there are no keys, or a key is
     *     not the one that the store was written with
     */
    void open() throws IOException {
        checks.open();
    }

    /** A decrypted text; empty when it does not exist. */
    Optional<String> get(String name) throws IOException {
        Optional<String> stored = storage.get(name);
        return stored.isEmpty() ? stored : Optional.of(plain(name, stored.get()));
    }

    /** Writes or replaces a text. */
    public void put(String name, String text, Fence fence) throws IOException {
        open();
        storage.put(name, secret(name, text), fence);
    }

    /** Writes or replaces a text, but only if it is the expected one. */
    boolean putIf(String name, Optional<String> expected, String text, Fence fence) throws IOException {
        open();
        return storage.putIf(
                name,
                stored ->
                        stored.isEmpty() ? expected.isEmpty() : expected.equals(Optional.of(plain(name, stored.get()))),
                secret(name, text),
                fence);
    }

    /** Whether an earlier key than the current one encrypted a text, as it is stored. */
    boolean isOutdated(String stored) {
        return isOutdated(AtRestEncryption.keyOfText(stored));
    }

    /** A text as it is stored, encrypted with the current key. */
    String reencrypted(String name, String stored) throws IOException {
        return secret(name, plain(name, stored));
    }

    /** Whether an earlier key than the current one encrypted a file. */
    boolean isOutdated(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return isOutdated(in);
        } catch (NoSuchFileException removed) {
            return false;
        }
    }

    /** Whether an earlier key than the current one encrypted a file, by its first bytes. */
    public boolean isOutdated(InputStream in) throws IOException {
        return isOutdated(AtRestEncryption.keyOfFile(in));
    }

    private boolean isOutdated(Optional<String> key) {
        return key.isPresent() && encryption.encrypts() && !key.equals(encryption.currentKey());
    }

    /** Counts manifests and records that are encrypted. */
    AtRestCount count(int max) throws IOException {
        checks.verify();
        AtRestCount.Counting counting = new AtRestCount.Counting();
        storage.texts(text -> {
            counting.add(AtRestEncryption.keyOfText(text.stored()));
            return counting.total() < max;
        });
        return counting.result(encryption);
    }

    /**
     * A set's manifest. The digest of an artifact's manifest is verified.
     *
     * @throws CorruptArtifactException when it is missing, changed or not a manifest
     */
    public Described manifest(FileSets.Key key) throws IOException {
        String name = storage.at(key.manifest());
        String text = get(key.manifest())
                .orElseThrow(() -> new CorruptArtifactException(name + ": missing"
                        + (key.isArtifact() ? "; the artifact was never finished, or was removed" : "")));
        String sha256 = Sha256.of(text);
        if (key.isArtifact() && !sha256.equals(key.name())) {
            throw new CorruptArtifactException("%s: changed; its sha256 is not %s".formatted(name, key.name()));
        }
        return new Described(Manifest.parse(name, text), sha256);
    }

    /** Writes a set's manifest into a folder that becomes the set. */
    void write(Path folder, Manifest manifest, FileSets.Key key) throws IOException {
        disk.write(
                folder.resolve(Manifest.FILE),
                secret(key.manifest(), manifest.text()).getBytes(StandardCharsets.UTF_8));
        disk.sync(folder);
    }

    private String secret(String name, String text) {
        return encryption.encrypted(text, place(name));
    }

    private String plain(String name, String stored) throws IOException {
        try {
            return encryption.decrypted(stored, storage.at(name), place(name));
        } catch (DamagedCiphertextException damaged) {
            throw corrupt(damaged);
        }
    }

    private static String place(String name) {
        return Objects.requireNonNull(StoreNames.place(name), name);
    }

    /** Copies files into a folder in their stored form, like {@link Manifest#copy}. */
    Manifest copy(Map<String, Path> files, Path to) throws IOException {
        if (!encryption.encrypts()) {
            return Manifest.copy(files, to, disk);
        }
        Manifest manifest = Manifest.of(files);
        disk.folder(to);
        TreeSet<Path> folders = new TreeSet<>(List.of(to));
        for (Manifest.Entry entry : manifest.files()) {
            Path target = target(to, entry);
            folders.add(target.resolveSibling(""));
            encrypt(Objects.requireNonNull(files.get(entry.path())), entry, target);
        }
        for (Path folder : folders) {
            disk.sync(folder);
        }
        return manifest;
    }

    /** Encrypts a file, which must still match its entry. */
    public void encrypt(Path plain, Manifest.Entry entry, Path to) throws IOException {
        var sum = Sha256.start();
        disk.copy(to, out -> {
            try (InputStream in = Files.newInputStream(plain);
                    OutputStream secret = encryption.encrypting(out, place(entry));
                    OutputStream summed = new DigestOutputStream(secret, sum)) {
                in.transferTo(summed);
            }
        });
        if (!HexFormat.of().formatHex(sum.digest()).equals(entry.sha256())) {
            disk.remove(to);
            throw new IOException(plain + ": changed while it was stored");
        }
        to.toFile().setReadOnly();
    }

    /** Whether a file of the folder is encrypted, so that the folder cannot be used in place. */
    boolean anyEncrypted(Manifest manifest, Path folder) throws IOException {
        for (Manifest.Entry entry : manifest.files()) {
            Path file = folder.resolve(entry.path());
            if (Files.isRegularFile(file) && isEncrypted(file, entry)) {
                return true;
            }
        }
        return false;
    }

    /** Compares all bytes of a folder's files with their manifest. */
    void verify(Manifest manifest, Path folder) throws IOException {
        for (Manifest.Entry entry : manifest.files()) {
            each(entry, folder, OutputStream.nullOutputStream());
        }
    }

    /** The decrypted text of one file, verified against its entry. */
    String text(Manifest.Entry entry, Path folder) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        each(entry, folder, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Writes decrypted copies of a folder's files. Each copy is verified against the manifest. */
    Manifest decrypt(Manifest manifest, Path folder, Path to) throws IOException {
        for (Manifest.Entry entry : manifest.files()) {
            Path target = target(to, entry);
            disk.copy(target, out -> each(entry, folder, out));
            target.toFile().setReadOnly();
        }
        return manifest;
    }

    /**
     * Writes the decrypted copy of an encrypted file.
     *
     * @param name for messages
     */
    public void decrypt(Path encrypted, Manifest.Entry entry, Path to, String name) throws IOException {
        try {
            disk.copy(to, out -> copy(encrypted, name, true, entry, out));
        } catch (CorruptArtifactException damaged) {
            disk.remove(to);
            throw damaged;
        }
    }

    private void each(Manifest.Entry entry, Path folder, OutputStream out) throws IOException {
        Path file = folder.resolve(entry.path()).normalize();
        if (!file.startsWith(folder) || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new CorruptArtifactException(file + ": missing");
        }
        long size = Files.size(file);
        boolean encrypted = isEncrypted(file, entry);
        if (!encrypted && size != entry.sizeBytes()) {
            throw new CorruptArtifactException(String.format(
                    Locale.ROOT,
                    "%s: has %d bytes instead of %d",
                    file,
                    size,
                    key(file).isEmpty() ? entry.sizeBytes() : AtRestEncryption.encryptedBytes(entry.sizeBytes())));
        }
        copy(file, file.toString(), encrypted, entry, out);
    }

    private void copy(Path file, String name, boolean encrypted, Manifest.Entry entry, OutputStream out)
            throws IOException {
        var sum = Sha256.start();
        try (InputStream stored = Files.newInputStream(file);
                InputStream in = encrypted ? encryption.decrypting(stored, name, place(entry)) : stored) {
            in.transferTo(new DigestOutputStream(out, sum));
        } catch (DamagedCiphertextException damaged) {
            throw corrupt(damaged);
        }
        if (!HexFormat.of().formatHex(sum.digest()).equals(entry.sha256())) {
            throw new CorruptArtifactException(name + ": changed; its sha256 is not " + entry.sha256());
        }
    }

    /**
     * The exception for bytes that cannot be decrypted. If the key was replaced, the bytes are not
     * damaged.
     */
    private CorruptArtifactException corrupt(DamagedCiphertextException damaged) throws IOException {
        checks.verify(damaged.key());
        return new CorruptArtifactException(String.valueOf(damaged.getMessage()));
    }

    private static boolean isEncrypted(Path file, Manifest.Entry entry) throws IOException {
        return Files.size(file) == AtRestEncryption.encryptedBytes(entry.sizeBytes());
    }

    private static Optional<String> key(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return AtRestEncryption.keyOfFile(in);
        }
    }

    /**
     * The path for a file of a set. The method creates the file's folder.
     *
     * @throws CorruptArtifactException when the manifest names a path outside of the folder
     */
    public Path target(Path to, Manifest.Entry entry) throws IOException {
        Path target = to.resolve(entry.path()).normalize();
        Path parent = target.getParent();
        if (parent == null || !target.startsWith(to) || target.equals(to)) {
            throw new CorruptArtifactException(entry.path() + " is not a path of a file");
        }
        disk.folder(parent);
        return target;
    }

    /**
     * The place that an encrypted file is bound to: its content's digest, because a blob may be
     * part of several artifacts.
     */
    private static String place(Manifest.Entry entry) {
        return "file " + entry.sha256();
    }
}
