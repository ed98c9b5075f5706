package dev.septet.activities.store.bucket;

import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.DiskFullException;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.store.Manifest;
import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Downloads objects into files. An interrupted transfer continues where it stopped, a limited
 * number of times. Bytes that do not match the manifest are refused.
 */
final class S3Download {
    private static final int TRIES = 5;
    private static final int BUFFER = 1 << 20;

    private final S3Objects objects;

    S3Download(S3Objects objects) {
        this.objects = objects;
    }

    /**
     * Downloads an object.
     *
     * @param file new file in an existing folder
     * @throws CorruptArtifactException when it is missing, truncated or changed, twice in a row
     */
    void fetch(String name, Path file, Manifest.Entry entry) throws IOException {
        String found = fetched(name, file, entry);
        if (!found.equals(entry.sha256())) {
            Files.delete(file); // once more, because the transfer may have damaged it
            found = fetched(name, file, entry);
        }
        if (!found.equals(entry.sha256())) {
            Files.delete(file);
            throw new CorruptArtifactException(
                    "%s%s: changed; its sha256 is not %s".formatted(objects.at(), name, entry.sha256()));
        }
        force(file);
    }

    /** Downloads an object of a known size; the caller verifies its bytes. */
    void fetchUnchecked(String name, Path file, Manifest.Entry entry) throws IOException {
        fetched(name, file, entry);
    }

    private static void force(Path file) throws IOException {
        try (FileChannel written = FileChannel.open(file, StandardOpenOption.WRITE)) {
            written.force(true);
        } catch (IOException e) {
            throw DiskFullException.orSame(file, e);
        }
    }

    private String fetched(String name, Path file, Manifest.Entry entry) throws IOException {
        MessageDigest sum = Sha256.start();
        long at = 0;
        IOException last = null;
        for (int tries = 0; tries < TRIES; tries++) {
            try (FileChannel out = FileModes.OWNER.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
                at = more(name, out, at, entry, sum);
                return HexFormat.of().formatHex(sum.digest());
            } catch (CorruptArtifactException | DiskFullException fatal) {
                throw fatal;
            } catch (IOException broken) {
                last = broken;
                at = Files.exists(file) ? Files.size(file) : 0;
            }
        }
        throw new IOException(
                String.format(
                        Locale.ROOT,
                        "%s%s: broke off %d times; it is tried again with the next attempt",
                        objects.at(),
                        name,
                        TRIES),
                last);
    }

    private long more(String name, FileChannel out, long from, Manifest.Entry entry, MessageDigest sum)
            throws IOException {
        if (from >= entry.sizeBytes() && from > 0) {
            return from;
        }
        try (ResponseInputStream<GetObjectResponse> in = objects.sent(
                name,
                s3 -> s3.getObject(request -> {
                    request.bucket(objects.at().bucket()).key(objects.at().key(name));
                    if (from > 0) {
                        request.range(String.format(Locale.ROOT, "bytes=%d-", from));
                    }
                }))) {
            long length = from + in.response().contentLength();
            if (length != entry.sizeBytes()) {
                throw new CorruptArtifactException(String.format(
                        Locale.ROOT,
                        "%s%s: has %d bytes instead of %d",
                        objects.at(),
                        name,
                        length,
                        entry.sizeBytes()));
            }
            byte[] buffer = new byte[BUFFER];
            long at = from;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                write(out, buffer, read);
                sum.update(buffer, 0, read);
                at += read;
            }
            if (at < entry.sizeBytes()) {
                throw new IOException(String.format(Locale.ROOT, "the transfer ended after %d bytes", at));
            }
            return at;
        } catch (ObjectStoreException failure) {
            if (failure.status() == 404) {
                throw new CorruptArtifactException("%s%s: missing".formatted(objects.at(), name));
            }
            throw failure;
        }
    }

    private static void write(FileChannel out, byte[] bytes, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        try {
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        } catch (IOException e) {
            throw DiskFullException.orSame(Path.of("the store's cache"), e);
        }
    }
}
