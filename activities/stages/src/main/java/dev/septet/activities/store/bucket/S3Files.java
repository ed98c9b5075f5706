package dev.septet.activities.store.bucket;

import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.encryption.CiphertextHeader;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.DiskFullException;
import dev.septet.activities.store.Manifest;
import dev.septet.activities.store.StoredFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Files in a bucket with names that are derived from their digests; encrypted when keys are
 * configured.
 */
final class S3Files {
    private static final int TRIES = 3;

    private final S3Objects objects;
    private final S3Upload upload;
    private final S3Download download;
    private final StoredFiles stored;
    private final Disk disk;

    S3Files(S3Objects objects, StoredFiles stored, Disk disk) {
        this.objects = objects;
        this.upload = new S3Upload(objects);
        this.download = new S3Download(objects);
        this.stored = stored;
        this.disk = disk;
    }

    /**
     * Uploads a file, unless it exists; with keys, unless it exists encrypted.
     *
     * @param always upload even when an object of this size exists, because its bytes are damaged
     */
    void send(String name, Path file, Manifest.Entry entry, boolean always) throws IOException {
        if (!stored.encrypts()) {
            upload.send(name, file, entry, always);
            return;
        }
        Manifest.Entry secret = secret(entry);
        if (!always && upload.holds(name, secret)) {
            return;
        }
        Path encrypted = beside(file);
        try {
            stored.encrypt(file, entry, encrypted);
            upload.sendAlone(name, encrypted, Manifest.entry(secret.path(), encrypted));
        } finally {
            disk.remove(encrypted);
        }
    }

    /** Whether an earlier key than the current one encrypted an object. */
    boolean isOutdated(String name) throws IOException {
        Optional<InputStream> first = objects.open(name, CiphertextHeader.BYTES);
        if (first.isEmpty()) {
            return false;
        }
        try (InputStream in = first.get()) {
            return stored.isOutdated(in);
        }
    }

    /** Whether an object of the file's size exists, encrypted or not. */
    boolean holds(String name, Manifest.Entry entry) throws IOException {
        return upload.holds(name, entry) || upload.holds(name, secret(entry));
    }

    /**
     * Downloads a file, decrypted. While a store changes to encryption, another process may encrypt
     * the file between two requests: then it is downloaded again.
     *
     * @param file new file in an existing folder
     * @throws CorruptArtifactException when it is missing, truncated or changed, twice in a row
     */
    void fetch(String name, Path file, Manifest.Entry entry) throws IOException {
        long size = size(name);
        for (int tries = 1; ; tries++) {
            try {
                fetch(name, file, entry, size);
                return;
            } catch (CorruptArtifactException damaged) {
                disk.remove(file);
                long now = size(name);
                if (now == size || tries == TRIES) {
                    throw damaged;
                }
                size = now;
            }
        }
    }

    private void fetch(String name, Path file, Manifest.Entry entry, long size) throws IOException {
        if (size != secret(entry).sizeBytes()) {
            download.fetch(name, file, entry);
            return;
        }
        try {
            decrypted(name, file, entry);
        } catch (CorruptArtifactException once) {
            decrypted(name, file, entry); // the transfer may have damaged it
        }
    }

    /** Size of an object in bytes; -1 = it does not exist. */
    private long size(String name) throws IOException {
        return objects.head(name).map(HeadObjectResponse::contentLength).orElse(-1L);
    }

    private void decrypted(String name, Path file, Manifest.Entry entry) throws IOException {
        Path encrypted = beside(file);
        try {
            download.fetchUnchecked(name, encrypted, secret(entry));
            stored.decrypt(encrypted, entry, file, objects.at() + name);
        } finally {
            disk.remove(encrypted);
        }
    }

    /** An empty file with a unique name beside the artifact's own files. */
    private static Path beside(Path file) throws IOException {
        try {
            return Files.createTempFile(file.toAbsolutePath().getParent(), ".encrypted-", "");
        } catch (IOException e) {
            throw DiskFullException.orSame(file, e);
        }
    }

    private static Manifest.Entry secret(Manifest.Entry entry) {
        return new Manifest.Entry(entry.path(), "", AtRestEncryption.encryptedBytes(entry.sizeBytes()));
    }
}
