package dev.septet.activities.audit.chain;

import dev.septet.activities.store.FileModes;
import dev.septet.workflows.monitor.AuditHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs heads of audit logs (HMAC-SHA256). So heads in a workflow history cannot be forged by
 * someone who can write to the server but not to the state folder.
 *
 * @param file the file of the key, 32 random bytes; created by the first signature
 */
public record AuditSeal(Path file) {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    public AuditHead sealed(String pipeline, LogHead head) throws IOException {
        return new AuditHead(
                head.sequence(), head.sha256(), signature(key(), pipeline, head.sequence(), head.sha256()));
    }

    /** Whether this key signed the head; empty when the key no longer exists. */
    Optional<Boolean> signed(String pipeline, AuditHead head) throws IOException {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        String expected = signature(key(), pipeline, head.sequence(), head.sha256());
        return Optional.of(MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.US_ASCII), head.signature().getBytes(StandardCharsets.US_ASCII)));
    }

    private static String signature(byte[] key, String pipeline, long sequence, String sha256) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            String text = String.format(Locale.ROOT, "septet audit head\n%s\n%d\n%s", pipeline, sequence, sha256);
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HMAC-SHA256, which every JDK must provide", e);
        }
    }

    private byte[] key() throws IOException {
        if (Files.notExists(file)) {
            create();
        }
        byte[] key = Files.readAllBytes(file);
        if (key.length != KEY_BYTES) {
            throw new AuditException(String.format(
                    Locale.ROOT,
                    "%s: is not a key of %d bytes; remove it, and Septet creates a new one",
                    file,
                    KEY_BYTES));
        }
        return key;
    }

    /** Writes the key under a temporary name first, so that the key file is never incomplete. */
    private void create() throws IOException {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        FileModes.OWNER.folder(file.toAbsolutePath().resolveSibling(""));
        Path coming = Files.createTempFile(file.toAbsolutePath().resolveSibling(""), ".audit", "");
        try {
            try (FileChannel out = FileModes.OWNER.open(coming, StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(key);
                while (left.hasRemaining()) {
                    out.write(left);
                }
                out.force(true);
            }
            Files.createLink(file, coming);
        } catch (FileAlreadyExistsException another) {
            // Another process created the key first; its key counts.
        } finally {
            Files.deleteIfExists(coming);
        }
    }
}
