package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.encryption.DamagedCiphertextException;
import dev.septet.activities.encryption.MissingKeyException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Files and manifests in the form in which they are stored: encrypted when keys are configured,
 * unencrypted when they are older. Digests and sizes in manifests are always those of the plain
 * content. The size of a file shows whether it is encrypted.
 */
record StoredFiles(AtRestEncryption encryption, Disk disk, KeyChecks checks) {
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
    void encrypt(Path plain, Manifest.Entry entry, Path to) throws IOException {
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

    /** The stored form of a manifest. */
    String text(Manifest manifest, String place) {
        return encryption.encrypted(new String(manifest.bytes(), StandardCharsets.UTF_8), place);
    }

    /** Writes a manifest. */
    void write(Path file, Manifest manifest, String place) throws IOException {
        disk.write(file, text(manifest, place).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Decrypts a stored text.
     *
     * @param name for messages
     * @throws CorruptArtifactException when the key that it names cannot decrypt it
     * @throws MissingKeyException when that key is not configured, or has other bytes now
     */
    String plain(String stored, String name, String place) throws IOException {
        try {
            return encryption.decrypted(stored, name, place);
        } catch (DamagedCiphertextException damaged) {
            throw damage(damaged);
        }
    }

    /** Reads a manifest and verifies its digest, like {@link Manifest#read}. */
    Manifest manifest(Path file, String expectedDigest) throws IOException {
        byte[] bytes = bytes(file, manifestPlace(expectedDigest));
        if (!Sha256.of(bytes).equals(expectedDigest)) {
            throw new CorruptArtifactException(file + ": changed; its sha256 is not " + expectedDigest);
        }
        return Manifest.parse(file, bytes);
    }

    /** A manifest's decrypted bytes. */
    byte[] bytes(Path file, String place) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new CorruptArtifactException(file + ": missing; the artifact was never finished, or was removed");
        }
        byte[] stored = Files.readAllBytes(file);
        String text = new String(stored, StandardCharsets.UTF_8);
        return AtRestEncryption.keyOfText(text).isPresent()
                ? plain(text, file.toString(), place).getBytes(StandardCharsets.UTF_8)
                : stored;
    }

    /** Whether a file of the folder is encrypted, so that it cannot be used in place. */
    boolean anyEncrypted(Manifest manifest, Path folder) throws IOException {
        for (Manifest.Entry entry : manifest.files()) {
            Path file = folder.resolve(entry.path());
            if (Files.isRegularFile(file) && isEncrypted(file, entry)) {
                return true;
            }
        }
        return false;
    }

    /** Verifies a folder's files against their manifest, byte by byte. */
    void verify(Manifest manifest, Path folder) throws IOException {
        for (Manifest.Entry entry : manifest.files()) {
            each(entry, folder, OutputStream.nullOutputStream());
        }
    }

    /** Writes decrypted copies of a folder's files, and verifies each one against the manifest. */
    void decrypt(Manifest manifest, Path folder, Path to) throws IOException {
        for (Manifest.Entry entry : manifest.files()) {
            Path target = target(to, entry);
            disk.copy(target, out -> each(entry, folder, out));
            target.toFile().setReadOnly();
        }
    }

    /**
     * Writes the decrypted copy of an encrypted file.
     *
     * @param name for messages
     */
    void decrypt(Path encrypted, Manifest.Entry entry, Path to, String name) throws IOException {
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
            throw new CorruptArtifactException("%s: has %d bytes instead of %d"
                    .formatted(
                            file,
                            size,
                            key(file).isEmpty()
                                    ? entry.sizeBytes()
                                    : AtRestEncryption.encryptedBytes(entry.sizeBytes())));
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
            throw damage(damaged);
        }
        if (!HexFormat.of().formatHex(sum.digest()).equals(entry.sha256())) {
            throw new CorruptArtifactException(name + ": changed; its sha256 is not " + entry.sha256());
        }
    }

    /**
     * The error of a file that cannot be decrypted; the file is intact when its key was replaced.
     */
    private CorruptArtifactException damage(DamagedCiphertextException damaged) throws IOException {
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

    private Path target(Path to, Manifest.Entry entry) throws IOException {
        Path target = to.resolve(entry.path()).normalize();
        Path parent = target.getParent();
        if (parent == null || !target.startsWith(to) || target.equals(to)) {
            throw new CorruptArtifactException(entry.path() + " is not a path of a file");
        }
        disk.folder(parent);
        return target;
    }

    /**
     * The place of a file is its content's digest, so that a blob may be part of several artifacts.
     */
    static String place(Manifest.Entry entry) {
        return "file " + entry.sha256();
    }

    static String manifestPlace(String digest) {
        return "manifest " + digest;
    }

    static String recordPlace(String name) {
        return "record " + name;
    }

    static String checkpointPlace(String scope, String step) {
        return "checkpoint %s %s".formatted(scope, step);
    }
}
