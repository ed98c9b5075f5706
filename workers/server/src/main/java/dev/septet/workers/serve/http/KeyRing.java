package dev.septet.workers.serve.http;

import dev.septet.activities.encryption.FileStamp;
import dev.septet.workers.serve.keys.ApiKey;
import dev.septet.workers.serve.keys.KeyLine;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API keys that are valid now. A key file is read again when it changes. If it cannot be read
 * then, the earlier keys stay valid and the log says why.
 */
public final class KeyRing {
    private static final Logger LOG = LoggerFactory.getLogger(KeyRing.class);
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final @Nullable Path file;
    private volatile ApiKeys keys;
    private @Nullable FileStamp seen;

    private KeyRing(@Nullable Path file, ApiKeys keys, @Nullable FileStamp seen) {
        this.file = file;
        this.keys = keys;
        this.seen = seen;
    }

    /** Keys that never change. */
    public static KeyRing fixed(ApiKeys keys) {
        return new KeyRing(null, keys, null);
    }

    /**
     * The keys of a file, which may change.
     *
     * @throws IOException when the file cannot be read, or other users can read it
     * @throws IllegalArgumentException when a line is invalid or the file has no key; the message
     *     shows no key
     */
    public static KeyRing file(Path file) throws IOException {
        FileStamp stamp = FileStamp.of(file);
        return new KeyRing(file, read(file), stamp);
    }

    /** The keys that are valid now. */
    public ApiKeys keys() {
        return keys;
    }

    /** Reads the file again if it has changed. */
    public synchronized void refresh() {
        Path from = file;
        if (from == null) {
            return;
        }
        try {
            FileStamp now = FileStamp.of(from);
            if (now.equals(seen)) {
                return;
            }
            seen = now; // a problem with the file is logged once
            keys = read(from);
            LOG.info("read the key file {} again", from);
        } catch (IOException | IllegalArgumentException wrong) {
            if (seen != null || wrong instanceof IllegalArgumentException) {
                LOG.warn("the keys stay unchanged: {}: {}", from, wrong.getMessage());
            }
            if (wrong instanceof IOException) {
                seen = null;
            }
        }
    }

    private static ApiKeys read(Path file) throws IOException {
        requireOwn(file);
        List<ApiKey> keys = KeyLine.read(text(file));
        if (keys.isEmpty()) {
            throw new IllegalArgumentException(
                    "has no keys; `septet key create NAME --key-file %s` adds one".formatted(file));
        }
        return ApiKeys.of(keys);
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("is not a key file: expected lines of text in UTF-8", e);
        }
    }

    private static void requireOwn(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        Set<PosixFilePermission> modes = EnumSet.copyOf(OTHERS);
        modes.retainAll(Files.getPosixFilePermissions(file));
        if (!modes.isEmpty()) {
            throw new IOException("others than its owner can read or write the key file %s; run `chmod 600 %s`"
                    .formatted(file, file));
        }
    }
}
