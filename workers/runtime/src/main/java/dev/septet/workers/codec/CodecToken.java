package dev.septet.workers.codec;

import dev.septet.activities.encryption.OwnerFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The token of a state folder's codec server. It is created once, so that addresses with it stay
 * valid.
 */
public final class CodecToken {
    private static final int BYTES = 24;

    private CodecToken() {}

    /**
     * Reads the token, or creates it if there is none.
     *
     * @throws CodecProblem when others may read the file
     */
    public static String of(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        byte[] token = new byte[BYTES];
        new SecureRandom().nextBytes(token);
        try (var channel = Files.newByteChannel(
                file, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owners(file))) {
            channel.write(java.nio.ByteBuffer.wrap(
                    HexFormat.of().formatHex(token).getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        } catch (FileAlreadyExistsException exists) {
            // An earlier start created it.
        }
        String text =
                CodecProblem.wrap(() -> OwnerFile.read("codec-server", file)).strip();
        if (!text.matches(String.format(Locale.ROOT, "[0-9a-f]{%d}", 2 * BYTES))) {
            throw new CodecProblem(
                    "codec-server: the file %s holds no token. Delete it; the next start makes a new one."
                            .formatted(file));
        }
        return text;
    }

    private static FileAttribute<?>[] owners(Path file) throws IOException {
        boolean posix = Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
