package dev.septet.activities.backup;

import dev.septet.activities.store.Disk;
import dev.septet.activities.store.bucket.RawObjects;
import dev.septet.activities.store.bucket.S3Address;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Files below a prefix of a bucket.
 *
 * @param scratch folder of this machine for files on their way
 */
public record BucketPlace(RawObjects files, Path scratch) implements FilePlace {
    private static final Disk DISK = new Disk();

    /**
     * The files below an address.
     *
     * @param environment environment variables with the access keys
     * @throws IllegalArgumentException with a message for users when the address or a variable is invalid
     */
    public static BucketPlace of(String address, Map<String, String> environment, Path scratch) {
        return new BucketPlace(RawObjects.of(S3Address.of(address), environment), scratch);
    }

    @Override
    public String at(String name) {
        return files.at() + name;
    }

    @Override
    public List<Found> list(String prefix) throws IOException {
        return files.list(prefix).stream()
                .filter(entry -> !entry.name().startsWith(TEMPORARY))
                .map(entry ->
                        new Found(entry.name(), entry.bytes(), entry.used().toString()))
                .toList();
    }

    @Override
    public InputStream open(String name) throws IOException {
        return files.open(name).orElseThrow(() -> new NoSuchFileException(at(name)));
    }

    @Override
    public Path temporary(Disk.Content content) throws IOException {
        return FilePlace.write(DISK, scratch, content);
    }

    @Override
    public void put(String name, Path temporary, String sha256) throws IOException {
        files.put(name, temporary, sha256);
        Files.delete(temporary);
    }

    @Override
    public void delete(String name) throws IOException {
        files.delete(name);
    }

    /** A bucket has no locks. Two backups at the same time are both complete, because equal files have equal names. */
    @Override
    public Closeable lock() {
        return () -> {};
    }
}
