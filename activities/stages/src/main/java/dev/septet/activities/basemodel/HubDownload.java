package dev.septet.activities.basemodel;

import dev.septet.activities.store.DiskFullException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.LongConsumer;

/**
 * Downloads one file into the cache. Received bytes stay when the connection breaks or the process
 * ends, and the next attempt continues after them. The file gets its final name when its digest is
 * right.
 */
final class HubDownload {
    private static final int BUFFER = 1 << 20;
    private static final int TRIES_WITHOUT_PROGRESS = 3;

    private final HubConnection hub;
    private final HubModel model;
    private final HubFile file;
    private final HubCache cache;

    HubDownload(HubConnection hub, HubModel model, HubFile file, HubCache cache) {
        this.hub = hub;
        this.model = model;
        this.file = file;
        this.cache = cache;
    }

    /**
     * Downloads the missing bytes.
     *
     * @param listener receives the number of bytes of this file that are present
     * @throws dev.septet.activities.attempt.StageProblem when the digest differs from the hub's
     */
    void run(LongConsumer listener) throws IOException {
        Path blob = cache.blob(file);
        if (Files.isRegularFile(blob) && Files.size(blob) == file.size()) {
            return; // verified when it got its name; the store's copy is verified at every use
        }
        Path part = cache.incomplete(file);
        try (FileChannel out =
                FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            lock(out);
            if (out.size() > file.size()) {
                out.truncate(0);
            }
            receive(out, listener);
            verify(out);
            Files.move(part, blob, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException raced) {
            if (!Files.isRegularFile(blob)) {
                throw raced;
            }
        }
    }

    /** Holds the lock until the channel is closed. */
    private void lock(FileChannel out) throws IOException {
        try {
            if (out.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException sameProcess) {
            // Reported below, like a lock of another process.
        }
        throw HubErrors.failed(
                model.kind(), "another process is downloading %s of %s".formatted(file.name(), model.id()));
    }

    private void receive(FileChannel out, LongConsumer listener) throws IOException {
        int idle = 0;
        while (out.size() < file.size()) {
            long before = out.size();
            IOException broken = null;
            try {
                receiveOnce(out, listener);
            } catch (IOException e) {
                if (DiskFullException.orSame(e) instanceof DiskFullException full) {
                    throw full;
                }
                broken = e;
            }
            idle = out.size() > before ? 0 : idle + 1;
            if (idle >= TRIES_WITHOUT_PROGRESS) {
                throw broken != null
                        ? broken
                        : new IOException(String.format(
                                Locale.ROOT,
                                "%s: the download ended after %,d of %,d bytes",
                                file.name(),
                                out.size(),
                                file.size()));
            }
        }
    }

    private void receiveOnce(FileChannel out, LongConsumer listener) throws IOException {
        HttpResponse<InputStream> response = hub.file(model, file, out.size());
        try (InputStream in = response.body()) {
            long from = response.statusCode() == 206 ? rangeStart(response) : 0;
            if (from != out.size()) {
                out.truncate(0);
            }
            if (from > out.size()) {
                throw new IOException(String.format(
                        Locale.ROOT, "the server sent data from byte %,d, expected byte %,d", from, out.size()));
            }
            out.position(out.size());
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (out.size() + read > file.size()) {
                    throw HubErrors.failed(
                            model.kind(),
                            String.format(
                                    Locale.ROOT,
                                    "%s of %s is longer than the size in the hub's metadata (%,d bytes)",
                                    file.name(),
                                    model.id(),
                                    file.size()));
                }
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                listener.accept(out.size());
            }
        }
    }

    private static long rangeStart(HttpResponse<?> response) throws IOException {
        String range = response.headers().firstValue("Content-Range").orElse("");
        if (!range.matches("bytes \\d{1,18}-.*")) {
            throw new IOException("the response with status 206 has no valid Content-Range header");
        }
        return Long.parseLong(range.substring("bytes ".length(), range.indexOf('-')));
    }

    private void verify(FileChannel out) throws IOException {
        MessageDigest digest = file.digest();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        out.position(0);
        while (out.read(buffer.clear()) >= 0) {
            digest.update(buffer.flip());
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(file.etag())) {
            out.truncate(0);
            throw HubErrors.failed(
                    model.kind(),
                    "%s of %s is damaged: its digest is not %s. Septet downloads the file again"
                            .formatted(file.name(), model.id(), file.etag()));
        }
    }
}
