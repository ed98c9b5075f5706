package dev.septet.activities.prepare;

import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Digests of a source file, from one pass over it.
 *
 * @param sha256 64 hexadecimal digits
 * @param key secret that only an owner of the file can compute: sha256 of a prefix and the file,
 *     which {@code sha256} does not reveal; it is the key of the digests that replace personal data
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SourceDigest(String sha256, long bytes, byte[] key) {
    /** Reads the whole file. */
    public static SourceDigest of(Path file) throws IOException {
        MessageDigest open = Sha256.start();
        MessageDigest secret = Sha256.start();
        secret.update("septet redaction key\n".getBytes(StandardCharsets.UTF_8));
        byte[] buffer = new byte[1 << 16];
        long bytes = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                open.update(buffer, 0, read);
                secret.update(buffer, 0, read);
                bytes += read;
            }
        }
        return new SourceDigest(HexFormat.of().formatHex(open.digest()), bytes, secret.digest());
    }
}
