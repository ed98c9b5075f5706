package dev.septet.workers.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The token that a client must present to a server that Septet started: 256 random bits, in a file
 * that only its owner may read. It stays the same while the state folder exists. A client that
 * waits for a restarted server can therefore continue.
 */
public record AccessToken(String value) {
    private static final int BYTES = 32;
    private static final String SCHEME = "Bearer ";
    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    /**
     * Reads the token from the file. A missing file is created with a new token.
     *
     * @throws IOException when others may read the file, or its content is no token
     */
    public static AccessToken of(Path file) throws IOException {
        if (!Files.exists(file)) {
            create(file);
        }
        Set<PosixFilePermission> modes = Files.getPosixFilePermissions(file);
        if (!OWNER.containsAll(modes)) {
            throw new IOException("%s is open to others (%s). Delete it; the next start creates a new one."
                    .formatted(file, PosixFilePermissions.toString(modes)));
        }
        String value = Files.readString(file).strip();
        if (!value.matches("[0-9a-f]{" + 2 * BYTES + "}")) {
            throw new IOException(
                    "%s is not an access token. Delete it; the next start creates a new one.".formatted(file));
        }
        return new AccessToken(value);
    }

    private static void create(Path file) throws IOException {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER));
            Files.writeString(file, HexFormat.of().formatHex(random) + "\n", StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException another) {
            // Another process created the file first: its token is valid.
        }
    }

    /** The value of the gRPC metadata entry {@code authorization}. */
    public String header() {
        return SCHEME + value;
    }

    /** Whether this is the header with the token. The comparison takes constant time. */
    boolean matchesHeader(@Nullable String header) {
        return header != null && same(header, header());
    }

    /** Whether this is the token. */
    boolean matches(@Nullable String candidate) {
        return candidate != null && same(candidate, value);
    }

    private static boolean same(String left, String right) {
        return MessageDigest.isEqual(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "AccessToken";
    }
}
